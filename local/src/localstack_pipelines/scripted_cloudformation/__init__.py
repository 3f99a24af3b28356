"""CloudFormation as a script says: ``README.md`` beside this file explains the scripts."""
