"""What CloudFormation's refusals of a request mean. Pure.

The codes are those of the API reference; ``ValidationError`` is one of its "Common Errors", and the answer to a
template, a parameter or a stack name that does not fit. The reference has no messages for it. If a message on
AWS differs from those below, the deployment ends with CloudFormation's own words, and creates nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn

from changegate.errors import ChangegateError, MisconfiguredError, RejectedError, error_code, error_message
from changegate.wording import quote

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

# Known from the service and from LocalStack: an operation on the stack is in progress.
_WRONG_STATE: Final = re.compile(r"\bis in \w+ state and can ?not\b")
# From the same sources: DescribeStacks and DescribeStackEvents give the first, requests that need the stack the second.
_STACK_GONE: Final = re.compile(r"Stack with id .* does not exist|Stack \[.*\] does not exist")

CHANGED_NOTHING: Final = "This deployment changed nothing; deploy again."


def is_stack_gone(error: ClientError) -> bool:
    """Return whether CloudFormation says that the stack does not exist."""
    return error_code(error) == "ValidationError" and _STACK_GONE.fullmatch(error_message(error)) is not None


def is_change_set_gone(error: ClientError) -> bool:
    """Return whether CloudFormation says that the change set, or its stack, does not exist."""
    return error_code(error) == "ChangeSetNotFound" or is_stack_gone(error)


def is_changed_meanwhile(error: ClientError) -> bool:
    """Return whether CloudFormation refuses because the stack has changed since it was looked at."""
    is_busy = error_code(error) == "ValidationError" and _WRONG_STATE.search(error_message(error)) is not None
    return is_busy or is_stack_gone(error)


def changed_meanwhile(stack_name: str, message: str) -> RejectedError:
    """Return the error for a stack that has changed since it was looked at."""
    return RejectedError(f"Another operation changed stack {stack_name} meanwhile: {message}. {CHANGED_NOTHING}")


def raise_meaning(error: ClientError, stack_name: str, template_path: str) -> NoReturn:
    """Raise what the refusal of CreateStack or CreateChangeSet means, or the refusal itself if it has no known meaning.

    :param template_path: the template's path in the revision, for messages.
    """
    meaning = _meaning(error, stack_name, template_path)
    if meaning is None:
        raise error
    raise meaning from error


def _meaning(error: ClientError, stack_name: str, template_path: str) -> ChangegateError | None:
    message = quote(error_message(error))
    match error_code(error):
        case "ValidationError" if is_changed_meanwhile(error):
            return changed_meanwhile(stack_name, message)
        case "ValidationError":
            return MisconfiguredError(f"CloudFormation refuses {template_path}: {message}.")
        case "InsufficientCapabilitiesException":
            return MisconfiguredError(f"CloudFormation refuses {template_path}: {message}; add it to 'capabilities'.")
        case "AlreadyExistsException":
            return RejectedError(
                f"Another operation created stack {stack_name} meanwhile: {message}. {CHANGED_NOTHING}"
            )
        case "LimitExceededException":
            return RejectedError(f"A CloudFormation quota is exhausted: {message}. {CHANGED_NOTHING}")
        case _:
            return None
