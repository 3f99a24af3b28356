# Names and ARNs of what a pipeline has. The engine says what they are.

locals {
  name            = format(var.engine.names.pipeline, var.key)
  event_rule_name = format(var.engine.names.event_rule, var.key)
  artifact_prefix = format(var.engine.names.artifact_prefix, local.name)

  arn_prefix     = "arn:${var.engine.partition}"
  regional_scope = "${var.engine.region}:${var.engine.account_id}"

  pipeline_arn   = "${local.arn_prefix}:codepipeline:${local.regional_scope}:${local.name}"
  event_rule_arn = "${local.arn_prefix}:events:${local.regional_scope}:rule/${local.event_rule_name}"

  repository_name = try(coalesce(var.pipeline_source.codecommit.repository_name, format(var.engine.names.repository, var.key)), null)
  repository_arn  = local.repository_name == null ? null : "${local.arn_prefix}:codecommit:${local.regional_scope}:${local.repository_name}"

  source_object_arn = try("${local.arn_prefix}:s3:::${var.pipeline_source.s3.bucket_name}/${var.pipeline_source.s3.object_key}", null)
}
