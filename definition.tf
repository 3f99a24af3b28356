locals {
  # What the list asl/tasks.json calls settings: more fields of a task's payload.
  task_settings = {
    policy = var.policy
  }

  # The part that is common to all task states. The blocks in asl/deploy.json.tftpl add the flow: Comment, Catch, Next.
  task_states = {
    for key, task in local.tasks : key => {
      Type     = "Task"
      Resource = "arn:${local.partition}:states:::lambda:invoke"
      Parameters = {
        FunctionName = local.task_function_arns[key]
        Payload = merge(
          {
            "taskParams.$" = "$.taskParams"
            execution      = { "id.$" = "$$.Execution.Id" }
          },
          {
            for wait in try([task.wait], []) : "wait" => {
              state          = wait.state
              minimumSeconds = var.waiting.minimum_seconds
              maximumSeconds = var.waiting.maximum_seconds
              limitSeconds   = var.waiting[wait.limit]
            }
          },
          { for name in try(task.settings, []) : name => local.task_settings[name] },
        )
      }
      OutputPath     = "$.Payload"
      TimeoutSeconds = var.task_timeout_seconds
      Retry          = jsondecode(file("${path.module}/asl/retry.json"))
    }
  }

  definition = templatefile("${path.module}/asl/deploy.json.tftpl", {
    tasks                     = local.task_states
    execution_timeout_seconds = var.execution_timeout_seconds
  })
}
