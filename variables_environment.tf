# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: the account
# ---------------------------------------------------------------------------------------------------------------------

variable "account_id" {
  description = "The account that this is provisioned in; with credentials of another, nothing is planned or done. Null takes whatever account the credentials are of."
  type        = string
  default     = null

  validation {
    condition     = var.account_id == null || can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}
