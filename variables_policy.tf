# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: policy
# ---------------------------------------------------------------------------------------------------------------------

# Rendered into the definition of the state machine, so that no commit to the deployed repository can change it.
variable "policy" {
  description = <<-EOT
    Policy for the verdict on a change set. The first of rules that matches a change decides. Otherwise default decides,
    by the kind of the finding: refuse, approve (which refuses until approvals exist) or allow. A rule matches if all its
    conditions do: kinds (if omitted, all but undetermined), resource_types, logical_ids and stacks (globs; full names of
    stacks), until the end of the day expires (UTC). built_in_rules allow resource types that are replaced by design and
    hold no data.
  EOT
  type = object({
    built_in_rules = optional(bool, true)
    default = optional(object({
      replacement  = optional(string, "refuse")
      conditional  = optional(string, "refuse")
      removal      = optional(string, "refuse")
      undetermined = optional(string, "refuse")
    }), {})
    rules = optional(list(object({
      action         = string
      reason         = string
      kinds          = optional(list(string))
      resource_types = optional(list(string))
      logical_ids    = optional(list(string))
      stacks         = optional(list(string))
      expires        = optional(string)
    })), [])
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for action in concat(values(var.policy.default), var.policy.rules[*].action) :
      contains(["refuse", "approve", "allow"], action)
    ])
    error_message = "Each action of policy must be refuse, approve or allow."
  }

  validation {
    condition     = alltrue([for rule in var.policy.rules : trimspace(rule.reason) != ""])
    error_message = "Each rule of policy must have a reason, so that people know why it exists."
  }

  validation {
    condition = alltrue(flatten([
      for rule in var.policy.rules : [
        for kind in rule.kinds == null ? [] : rule.kinds : contains(["replacement", "conditional", "removal", "undetermined"], kind)
      ]
    ]))
    error_message = "The kinds of a rule of policy must be replacement, conditional, removal or undetermined."
  }

  validation {
    condition = alltrue(flatten([
      for rule in var.policy.rules : [
        for list in [rule.kinds, rule.resource_types, rule.logical_ids, rule.stacks] :
        list == null ? true : length(list) > 0 && alltrue([for item in list : item != null && item != ""])
      ]
    ]))
    error_message = "A rule of policy must not have an empty list, or an empty string in a list. Omit the list to match everything."
  }

  validation {
    condition = alltrue([
      for rule in var.policy.rules :
      rule.expires == null ? true : can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", rule.expires)) && can(formatdate("YYYY", "${rule.expires}T00:00:00Z"))
    ])
    error_message = "expires of a rule of policy must be a date such as 2026-12-31."
  }
}
