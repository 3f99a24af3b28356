# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "alias_name" {
  description = "Name of the key's alias, such as alias/changegate."
  type        = string

  validation {
    # CreateAlias, KMS API reference.
    condition     = can(regex("^alias/[A-Za-z0-9/_-]{1,250}$", var.alias_name)) && !startswith(var.alias_name, "alias/aws/")
    error_message = "alias_name must be alias/ and 1 to 250 letters, digits and characters of /_-. It must not begin with alias/aws/, which is reserved for AWS."
  }
}

variable "account_id" {
  description = "ID of the account."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "partition" {
  description = "Partition in ARNs, such as aws."
  type        = string
}

variable "region" {
  description = "Region of the key, the bucket and the logs."
  type        = string
}

variable "bucket_arn" {
  description = "ARN of the bucket whose objects the key encrypts."
  type        = string
}

variable "reader_arns" {
  description = "ARNs of the roles of this account that read objects in the bucket."
  type        = list(string)

  validation {
    condition     = length(var.reader_arns) > 0 && alltrue([for arn in var.reader_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))])
    error_message = "reader_arns must have at least one entry, each the ARN of an IAM role without wildcards."
  }
}

variable "writer_arns" {
  description = "ARNs of the roles of this account that write objects in the bucket."
  type        = list(string)

  validation {
    condition     = length(var.writer_arns) > 0 && alltrue([for arn in var.writer_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))])
    error_message = "writer_arns must have at least one entry, each the ARN of an IAM role without wildcards."
  }
}

variable "pipeline_role_arn_pattern" {
  description = "Pattern for the ARNs of the pipelines' service roles, so that the key policy does not grow with the pipelines."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]{3,}\\*$", var.pipeline_role_arn_pattern))
    error_message = "pipeline_role_arn_pattern must be the ARN of a role of an account whose name is a prefix and a wildcard, such as changegate-pipeline-*."
  }
}

variable "log_group_arns" {
  description = "ARNs of the log groups that the key encrypts."
  type        = list(string)

  validation {
    condition     = length(var.log_group_arns) > 0 && alltrue([for arn in var.log_group_arns : can(regex("^arn:[a-z-]+:logs:[a-z0-9-]+:[0-9]{12}:log-group:[A-Za-z0-9._/#-]{1,512}$", arn))])
    error_message = "log_group_arns must have at least one entry, each the ARN of a log group without wildcards."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "foreign_reader_arns" {
  description = "ARNs of further roles that read objects in the bucket, if their own policies allow it. They can be in other accounts."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.foreign_reader_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))])
    error_message = "Each of foreign_reader_arns must be the ARN of an IAM role, without wildcards."
  }
}

variable "alarm_arn_pattern" {
  description = "Pattern for the ARNs of the CloudWatch alarms that publish to an SNS topic that the key encrypts; EventBridge publishes to it, too. With null, the key encrypts no topic."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_arn_pattern == null || can(regex("^arn:[a-z-]+:cloudwatch:[a-z0-9-]+:[0-9]{12}:alarm:[A-Za-z0-9_-]+\\*$", var.alarm_arn_pattern))
    error_message = "alarm_arn_pattern must be the ARN of an alarm whose name is a prefix and a wildcard, such as changegate-*."
  }
}

variable "deletion_window_days" {
  description = "Days during which a deletion of the key can be cancelled."
  type        = number
  default     = 30

  validation {
    # ScheduleKeyDeletion, KMS API reference.
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30 && floor(var.deletion_window_days) == var.deletion_window_days
    error_message = "deletion_window_days must be a whole number from 7 to 30."
  }
}
