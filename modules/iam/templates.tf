# What templates may never do, whatever the user allows CloudFormation: change what judges templates, or use its roles. What
# a template creates can act as well, a function behind a custom resource for example, so the roles that it creates are
# bounded by a policy with the same denials.

locals {
  boundary_arn = coalesce(
    var.template_boundary_arn,
    "${local.arn_prefix}:iam::${var.account_id}:policy${var.role_path}${var.template_policies.boundary}",
  )

  leave_changegate_alone_statements = concat(
    [
      {
        # Every way to change the bucket and its objects.
        Sid      = "LeaveBucketAlone"
        Effect   = "Deny"
        Action   = ["s3:Delete*", "s3:Put*", "s3:Replicate*"]
        Resource = [var.bucket_arn, "${var.bucket_arn}/*"]
      },
      {
        # All actions, because no template needs any of these resources. The exception is publishing: a stack can send its
        # events to the topic of this configuration, and CloudFormation does not document whose rights it uses for that.
        Sid       = "LeaveChangegateAlone"
        Effect    = "Deny"
        NotAction = "sns:Publish"
        Resource  = var.protected_arns
      },
    ],
    [
      # All actions except its use. The key's ARN is not known before the key exists, so the condition identifies the key
      # by its alias (KMS Developer Guide, "AWS KMS condition keys", kms:ResourceAliases), which no template may remove.
      for name in var.key_alias_name[*] : {
        Sid       = "LeaveKeyAlone"
        Effect    = "Deny"
        NotAction = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "${local.arn_prefix}:kms:${local.regional_scope}:key/*"
        Condition = { "ForAnyValue:StringEquals" = { "kms:ResourceAliases" = name } }
      }
    ],
  )

  template_denials = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.leave_changegate_alone_statements, [
      {
        # These actions know the boundary that the role or user has, or gets: Service Authorization Reference, AWS
        # Identity and Access Management, iam:PermissionsBoundary. Without one, the condition is met, too.
        Sid    = "BoundWhatIsCreated"
        Effect = "Deny"
        Action = [
          "iam:AttachRolePolicy",
          "iam:AttachUserPolicy",
          "iam:CreateRole",
          "iam:CreateUser",
          "iam:PutRolePermissionsBoundary",
          "iam:PutRolePolicy",
          "iam:PutUserPermissionsBoundary",
          "iam:PutUserPolicy",
        ]
        Resource  = "*"
        Condition = { StringNotEquals = { "iam:PermissionsBoundary" = local.boundary_arn } }
      },
      {
        # Nothing bounds groups, and credentials of an existing user are those of someone else.
        Sid    = "LeavePeopleAlone"
        Effect = "Deny"
        Action = [
          "iam:AddUserToGroup",
          "iam:AttachGroupPolicy",
          "iam:CreateAccessKey",
          "iam:CreateLoginProfile",
          "iam:DeleteRolePermissionsBoundary",
          "iam:DeleteUserPermissionsBoundary",
          "iam:PutGroupPolicy",
          "iam:UpdateLoginProfile",
        ]
        Resource = "*"
      },
    ])
  })

  template_boundary = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          # A boundary grants nothing: a role has what its own policies allow and the boundary allows, too.
          Sid      = "AllowTheRest"
          Effect   = "Allow"
          Action   = "*"
          Resource = "*"
        },
      ],
      local.leave_changegate_alone_statements,
      [
        {
          # What a template creates works with what there is. It may pass roles, and create service-linked ones.
          Sid    = "LeaveRightsAlone"
          Effect = "Deny"
          Action = [
            "iam:Add*",
            "iam:Attach*",
            "iam:CreateAccessKey",
            "iam:CreateGroup",
            "iam:CreateInstanceProfile",
            "iam:CreateLoginProfile",
            "iam:CreateOpenIDConnectProvider",
            "iam:CreatePolicy*",
            "iam:CreateRole",
            "iam:CreateSAMLProvider",
            "iam:CreateServiceSpecificCredential",
            "iam:CreateUser",
            "iam:Delete*",
            "iam:Detach*",
            "iam:Put*",
            "iam:Remove*",
            "iam:Set*",
            "iam:Update*",
          ]
          Resource = "*"
        },
      ],
    )
  })

  # IAM User Guide, "IAM and AWS STS quotas": without white space.
  managed_policy_size_limit = 6144
}

resource "aws_iam_policy" "template_denials" {
  name        = var.template_policies.denials
  description = "What a role that deploys templates is denied: changing Changegate, and creating roles without the boundary of templates."
  path        = var.role_path
  policy      = local.template_denials

  lifecycle {
    precondition {
      condition     = length(local.template_denials) <= local.managed_policy_size_limit
      error_message = "The denials of templates are larger than IAM accepts for a managed policy (${local.managed_policy_size_limit} characters). Shorten name or role_path."
    }
  }
}

resource "aws_iam_policy" "template_boundary" {
  count = var.template_boundary_arn == null ? 1 : 0

  name        = var.template_policies.boundary
  description = "Permissions boundary of the roles and users that templates create: everything but changing Changegate, and roles, users, groups and policies of IAM."
  path        = var.role_path
  policy      = local.template_boundary

  lifecycle {
    precondition {
      condition     = length(local.template_boundary) <= local.managed_policy_size_limit
      error_message = "The boundary of templates is larger than IAM accepts for a managed policy (${local.managed_policy_size_limit} characters). Shorten name or role_path."
    }
  }
}

resource "aws_iam_role_policy_attachment" "template_denials" {
  role       = aws_iam_role.cloudformation.name
  policy_arn = aws_iam_policy.template_denials.arn
}
