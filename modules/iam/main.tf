# Policies are written with jsonencode and with ARNs that are built from names, not with data sources and references. So
# each policy is known in the plan before anything exists, can be reviewed there, and is tested without an account.

locals {
  arn_prefix     = "arn:${var.partition}"
  regional_scope = "${var.region}:${var.account_id}"

  artifact_object_arns = [for prefix in var.artifact_prefixes : "${var.bucket_arn}/${prefix}*"]
  input_object_arns    = "${var.bucket_arn}/${var.input_prefix}*"
  template_object_arns = "${var.bucket_arn}/${var.template_prefix}*"
  verdict_object_arns  = "${var.bucket_arn}/${var.verdict_prefix}*"

  # Characters of all inline policies of a role: IAM User Guide, "IAM and AWS STS quotas".
  policy_size_limit = 10240

  # Trust policies by service. aws:SourceAccount and aws:SourceArn keep the resources of other customers from making the
  # service act with these roles. Step Functions documents that it sends both (Step Functions Developer Guide, "Creating
  # an IAM role for your state machine"). The other services do not document it for these roles, so their condition applies
  # only if the service sends the account. A role can only be passed within its account.
  trust_policies = {
    for service, condition in {
      lambda         = { StringEqualsIfExists = { "aws:SourceAccount" = var.account_id } }
      cloudformation = { StringEqualsIfExists = { "aws:SourceAccount" = var.account_id } }
      states = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnEquals    = { "aws:SourceArn" = var.state_machine.arn }
      }
      } : service => jsonencode({
        Version = "2012-10-17"
        Statement = [
          {
            Effect    = "Allow"
            Action    = "sts:AssumeRole"
            Principal = { Service = "${service}.amazonaws.com" }
            Condition = condition
          },
        ]
    })
  }
}
