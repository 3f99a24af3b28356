locals {
  # What a pipeline needs to know: modules/pipeline, here or in another configuration.
  engine = {
    name                     = var.name
    region                   = var.region
    account_id               = local.account_id
    partition                = local.partition
    names                    = local.names_of_pipelines
    role_path                = var.role_path
    permissions_boundary_arn = var.permissions_boundary_arn
    bucket = {
      name                     = module.bucket.name
      arn                      = local.bucket_arn
      input_prefix             = local.input_prefix
      administered_object_arns = local.administered_object_arns
      artifact_retention_days  = var.expire_objects ? var.artifact_retention_days : null
    }
    kms_key = local.kms_key == null ? null : {
      arn = local.kms_key_arn
      # The policy of the key that is created here allows the roles to use it.
      needs_policies = var.kms_key != "create"
    }
    trigger = {
      name = module.function["trigger"].name
      arn  = local.function_arns.trigger
    }
    alarms = var.alarms_enabled ? { topic_arn = one(module.notifications[*].topic_arn) } : null
  }

  # Each deployment with its place, and with what identifies its stack: name, account and region.
  deployments = flatten([
    for key, pipeline in var.pipelines : [
      for stage in pipeline.stages : [
        for d in stage.deployments : merge(d, {
          place           = "${key}/${stage.name}"
          full_stack_name = "${d.environment_name}-${d.stack_name}"
          scope           = "${try(split(":", d.target.role_arn)[4], local.account_id)} ${coalesce(d.target.region, var.region)}"
        })
      ]
    ]
  ])

  places_of_stacks = { for d in local.deployments : "${d.full_stack_name} ${d.scope}" => d.place... }
  stacks_deployed_twice = [
    for stack, places in local.places_of_stacks : "${split(" ", stack)[0]} in ${join(" and ", distinct(places))}" if length(places) > 1
  ]

  # The successors and nested stacks that a deployment can have: the functions have rights to stacks with such names.
  patterns_of_derived_stacks = flatten([
    for d in local.deployments : [
      for pattern in concat(
        d.on_unsafe_update == "blue_green" ? [".{8}"] : [],
        [for id in d.nested_stacks : "${replace(id, "*", ".*")}-.*"],
      ) : "^${d.full_stack_name}-${pattern} ${d.scope}$"
    ]
  ])
  stacks_like_derived_stacks = [
    for stack in keys(local.places_of_stacks) : split(" ", stack)[0]
    if anytrue([for pattern in local.patterns_of_derived_stacks : can(regex(pattern, stack))])
  ]

  # What the rights of roles depend on.
  iam_deployments = [
    for d in local.deployments : {
      stack_name             = d.full_stack_name
      region                 = d.target.region
      role_arn               = d.role_arn
      target_role_arn        = d.target.role_arn
      recreate_failed_stack  = d.recreate_failed_stack
      termination_protection = d.termination_protection
      set_stack_policy       = d.template_configuration_path != null
      blue_green             = d.on_unsafe_update == "blue_green"
      nested_stacks          = d.nested_stacks
    }
  ]

  target_role_arns = distinct(concat(
    [for d in local.deployments : d.target.role_arn if d.target.role_arn != null],
    flatten(values(var.external_pipelines)[*].target_role_arns),
  ))
}
