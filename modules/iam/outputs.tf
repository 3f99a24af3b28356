# Each ARN is available when the role has its policies, so that whatever assumes the role at once has its rights.

output "function_role_arns" {
  description = "ARNs of the functions' roles by key."
  value       = { for key, role in aws_iam_role.function : key => role.arn }
  depends_on = [
    aws_iam_role_policy.function,
    aws_iam_role_policy.function_denials,
    aws_iam_role_policy_attachment.stacks,
  ]
}

output "state_machine_role_arn" {
  description = "ARN of the state machine's role."
  value       = aws_iam_role.state_machine.arn
  depends_on  = [aws_iam_role_policy.state_machine]
}

output "cloudformation_role_arn" {
  description = "ARN of the role that CloudFormation deploys with."
  value       = aws_iam_role.cloudformation.arn
  depends_on = [
    aws_iam_role_policy.cloudformation,
    aws_iam_role_policy_attachment.cloudformation,
    aws_iam_role_policy_attachment.template_denials,
  ]
}

output "template_denials_arn" {
  description = "ARN of the managed policy that denies a role which deploys templates to change Changegate."
  value       = aws_iam_policy.template_denials.arn
}

output "template_boundary_arn" {
  description = "ARN of the permissions boundary that the roles and users which templates create must have."
  value       = local.boundary_arn
  depends_on  = [aws_iam_policy.template_boundary]
}

output "template_boundary_json" {
  description = "The statements that the boundary must have."
  value       = local.template_boundary
}

# Built from names: known in the plan, and available before the roles exist.

output "object_role_arns" {
  description = "ARNs of the functions' roles that read and that write objects in the bucket."
  value = {
    readers = [for key in local.function_uses_of_objects["s3:GetObject"] : var.functions[key].role.arn]
    writers = [for key in local.function_uses_of_objects["s3:PutObject"] : var.functions[key].role.arn]
  }
}
