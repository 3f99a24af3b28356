# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "What the key's alias is named, behind alias/."
  type        = string

  validation {
    # CreateAlias, KMS API reference.
    condition     = can(regex("^[A-Za-z0-9/_-]{1,250}$", var.name)) && !startswith(var.name, "aws/")
    error_message = "name must be 1 to 250 letters, digits and characters of /_-, and not begin with aws/, which belongs to AWS."
  }
}

variable "account_id" {
  description = "The account's ID."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "partition" {
  description = "The partition in ARNs, such as aws."
  type        = string
}

variable "region" {
  description = "The region of key, bucket and logs."
  type        = string
}

variable "bucket_arn" {
  description = "ARN of the bucket whose objects the key encrypts."
  type        = string
}

variable "reader_arns" {
  description = "ARNs of the roles of this account that read objects of the bucket."
  type        = list(string)

  validation {
    condition     = length(var.reader_arns) > 0 && alltrue([for arn in var.reader_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))])
    error_message = "reader_arns needs at least one entry, each the ARN of an IAM role; a wildcard is none."
  }
}

variable "writer_arns" {
  description = "ARNs of the roles of this account that write objects of the bucket."
  type        = list(string)

  validation {
    condition     = length(var.writer_arns) > 0 && alltrue([for arn in var.writer_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))])
    error_message = "writer_arns needs at least one entry, each the ARN of an IAM role; a wildcard is none."
  }
}

variable "pipeline_role_arn" {
  description = "ARN of the pipeline's service role."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", var.pipeline_role_arn))
    error_message = "pipeline_role_arn must be the ARN of an IAM role; a wildcard is none."
  }
}

variable "log_group_names" {
  description = "Names of the log groups that the key encrypts."
  type        = list(string)

  validation {
    condition     = length(var.log_group_names) > 0 && alltrue([for name in var.log_group_names : can(regex("^[A-Za-z0-9._/#-]{1,512}$", name))])
    error_message = "log_group_names needs at least one entry, each the name of a log group; a wildcard is none."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "foreign_reader_arns" {
  description = "ARNs of roles, of other accounts as well, that read objects of the bucket by their own policies."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.foreign_reader_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))])
    error_message = "Every one of foreign_reader_arns must be the ARN of an IAM role; a wildcard is none."
  }
}

variable "encrypts_topic" {
  description = "Whether the key encrypts an SNS topic that EventBridge and CloudWatch alarms, whose names begin with name, tell."
  type        = bool
  default     = false
}

variable "deletion_window_days" {
  description = "How long a deletion of the key can be called off, in days."
  type        = number
  default     = 30

  validation {
    # ScheduleKeyDeletion, KMS API reference.
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30 && floor(var.deletion_window_days) == var.deletion_window_days
    error_message = "deletion_window_days must be a whole number from 7 to 30."
  }
}
