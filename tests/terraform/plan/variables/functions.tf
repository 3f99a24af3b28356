# The variables alone, without what is made from them: their validations are tested in seconds.

locals {
  # Only the keys matter to validations.
  functions = merge({ trigger = {} }, jsondecode(file("${path.module}/../../../../asl/tasks.json")))
}
