# What the preconditions of the state machine compare.

locals {
  states = try(jsondecode(var.definition).States, {})

  # The function that each Task state invokes, by the state's name.
  invoked_functions = {
    for name, state in local.states : name => try(state.Parameters.FunctionName, "") if try(state.Type, "") == "Task"
  }

  # The state that each Task state waits in, by the Task state's name.
  named_waits = {
    for name, state in local.states : name => state.Parameters.Payload.wait.state if can(state.Parameters.Payload.wait.state)
  }
  wait_states = [for name, state in local.states : name if try(state.Type, "") == "Wait"]

  tasks_without_state = setsubtract(keys(var.task_functions), keys(local.invoked_functions))
  states_without_task = setsubtract(keys(local.invoked_functions), keys(var.task_functions))
  tasks_of_other_functions = [
    for name, arn in local.invoked_functions : name if arn != lookup(var.task_functions, name, arn)
  ]
  unknown_waits = [for name, wait in local.named_waits : "${name} (${wait})" if !contains(local.wait_states, wait)]
}
