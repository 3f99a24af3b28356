# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "Name of the pipeline."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9.@_-]{1,100}$", var.name))
    error_message = "name must be 1 to 100 of the characters A-Z a-z 0-9 . @ _ -."
  }
}

variable "role_arn" {
  description = "ARN of the pipeline's service role."
  type        = string
}

variable "bucket_name" {
  description = "Name of the bucket of the pipeline's artifacts and the state machine's input."
  type        = string
}

variable "function_name" {
  description = "Name of the function that Deploy actions invoke."
  type        = string
}

variable "stages" {
  description = "The Deploy stages, in order: name, and key of the state machine's input in the bucket."
  type = list(object({
    name               = string
    state_machine_file = string
  }))

  validation {
    # A pipeline has two stages at least; the first is Source.
    condition     = length(var.stages) >= 1
    error_message = "stages needs at least one entry."
  }
}

variable "repository_name" {
  description = "Name of the CodeCommit repository."
  type        = string
}

variable "repository_arn" {
  description = "ARN of the CodeCommit repository."
  type        = string
}

variable "event_rule_name" {
  description = "Name of the event rule that starts the pipeline."
  type        = string
}

variable "event_role_arn" {
  description = "ARN of the role with which the event rule starts the pipeline."
  type        = string
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "branch_name" {
  description = "The branch whose commits start the pipeline."
  type        = string
  default     = "main"
}

variable "create_repository" {
  description = "Whether to create the repository; if not, it exists already."
  type        = bool
  default     = true
}

variable "execution_mode" {
  description = "How executions that overlap are treated: QUEUED, SUPERSEDED or PARALLEL."
  type        = string
  default     = "QUEUED"
}
