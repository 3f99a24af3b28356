# The commands of this project; `make` lists them.
# Needs GNU make 3.81 or later and a POSIX shell. Every target first installs what it needs into the checkout.

.DEFAULT_GOAL := help
# The parts of `make test` share one machine and one terminal, so -j must not interleave them.
.NOTPARALLEL:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
TERRAFORM := .tools/bin/terraform
PYTEST := $(BIN)/python -m pytest --quiet
UV := .tools/uv/bin/uv

# Architecture of the functions: arm64 or x86_64.
ARCHITECTURE ?= arm64
ENV ?=
# The folder of the environments' variables. Outside the checkout, an upgrade is git pull.
ENVIRONMENTS ?= environments
# What make destroy leaves: some of bucket, key, repository and role.
KEEP ?=
# Version that release builds and release-archive keeps, and the commit of the latter.
VERSION ?=
REVISION ?=
# CONFIRM=yes answers the question of make e2e.
CONFIRM ?=
# More arguments for pytest, or for terraform plan, apply and destroy.
ARGS ?=

TYPED := cli/changegate_cli dev lambda_src/changegate tests
TYPED_PLUGINS := local/src/localstack_pipelines
SHIPPED := cli dev lambda_src local
CHECKED := $(SHIPPED) tests
SCRIPTS := .ci/run $(wildcard dev/bootstrap/*.sh)
# New files are checked before they are committed.
TRACKED := git ls-files -z --cached --others --exclude-standard
# parliament uses what later versions of Python and setuptools remove, and warns about it.
PARLIAMENT := PYTHONPATH=cli .venvs/parliament/bin/python -W ignore
COMPILE := ../../$(UV) pip compile --quiet --generate-hashes --no-emit-index-url --python ../../.tools/bin/python3.13 \
	--custom-compile-command "make requirements"

# Runs the tests $(2). A complete run also records the calls of every role as suite $(1), for check-privileges.
CALLS = $(CURDIR)/build/calls/$(1)
RECORDED = $(if $(ARGS),$(PYTEST) $(2) $(ARGS),rm -rf "$(CALLS)" && \
	LOCALSTACK_PIPELINES_CALL_RECORD="$(CALLS)" $(PYTEST) $(2) && touch "$(CALLS)/complete")

# Shows which part of `make test` is running.
HEADING = @printf '\n== %s\n' "$@"

# Terraform installs providers from where `make setup` found them and ignores the user's configuration.
export TF_CLI_CONFIG_FILE := $(CURDIR)/.tools/terraform.rc
export CHECKPOINT_DISABLE := 1
export ENVIRONMENTS
export KEEP
# Another environment of the user must not affect this one.
unexport PYTHONPATH
unexport PYTHONHOME
unexport VIRTUAL_ENV
unexport CONDA_PREFIX

.PHONY: help tools ready setup hooks build wheel release demo up push down \
	test format lint typecheck lint-sample test-unit test-dev test-definition test-scenarios test-local \
	test-plan test-apply test-upgrade test-e2e \
	check-terraform check-privileges check-policies check-python mutation \
	plan apply e2e destroy move-state requirements identity-table reference pictures release-archive clean

help: ## Show this help
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

##@ Try it on this machine

demo: ready build ## Push four revisions to a local AWS and show what happens to each
	@$(BIN)/changegate local demo

up: ready build ## Start a local AWS with the pipeline and leave it running
	@$(BIN)/changegate local up

push: ready ## Push examples/sample-app to the local AWS and follow the pipeline
	@$(BIN)/changegate local push

down: ready ## Stop the local AWS
	@$(BIN)/changegate local down

##@ Set up and build

setup: ready ## Install Python 3.13, the virtual environments, Terraform and its provider into the checkout
	@echo "Everything is in place; the commands are in $(BIN)/ and .tools/bin/."

hooks: ready ## Install a Git hook that lints the files of each commit: pre-commit
	@$(BIN)/pre-commit install

build: tools ## Build the functions' deployment package, build/changegate.zip (ARCHITECTURE=arm64 or x86_64)
	@.tools/bin/python3.13 -m dev.build.build_zip --architecture "$(ARCHITECTURE)"

# Without build/, which would put modules into the wheel that no longer exist. The build backend comes hashed.
wheel: ready ## Make dist/changegate-*.whl, the command
	@rm -rf cli/build
	@UV_PYTHON_DOWNLOADS=never $(UV) build --quiet --wheel --python .tools/bin/python3.13 \
		--build-constraints dev/requirements/build.txt --require-hashes --out-dir dist cli
	@ls dist/changegate-*.whl

release: tools ## Build the packages, checksums and notes of a release into dist/ (VERSION=0.2.0)
	@.tools/bin/python3.13 -m dev.build.release "$(VERSION)"

# What building and applying need: whoever applies has credentials, and installs nothing else beside them.
tools:
	@sh dev/bootstrap/bootstrap.sh
	@.tools/bin/python3.13 -m dev.bootstrap.setup

# What developing and the local AWS need as well.
ready: tools
	@.tools/bin/python3.13 -m dev.bootstrap.setup development

##@ Check

# The tests mostly wait, so three lanes suit two cores.
LANES := "lint typecheck lint-sample test-definition test-plan test-upgrade" \
	"test-unit test-local test-scenarios test-apply" "test-e2e test-dev"

test: ready build ## Run lint, typecheck, lint-sample and every test, in parallel lanes
	@MAKE="$(MAKE)" PYTHONPATH=cli .tools/bin/python3.13 -m dev.lanes $(LANES)

format: ready ## Format Python and Terraform files
	@$(BIN)/ruff check --fix-only --quiet $(CHECKED)
	@$(BIN)/ruff format $(CHECKED)
	@$(TERRAFORM) fmt -recursive

# None of these uses the network.
lint: ready ## Lint code, imports, shell scripts, the workflow, spelling and prose
	$(HEADING)
	@$(BIN)/ruff check $(CHECKED)
	@$(BIN)/ruff format --check $(CHECKED)
	@$(TERRAFORM) fmt -check -diff -recursive
	@PYTHONPATH=lambda_src:cli:local/src $(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/shellcheck $(SCRIPTS)
	@$(BIN)/zizmor --offline --quiet --pedantic .github
	@$(TRACKED) | xargs -0 $(BIN)/codespell
	@$(TRACKED) | xargs -0 $(BIN)/python -m dev.checks.prose

typecheck: ready ## Check types, those of the plug-ins against the LocalStack they extend: mypy --strict
	$(HEADING)
	@$(BIN)/mypy --strict $(TYPED)
	@MYPYPATH=local/src $(BIN)/mypy --strict --cache-dir .mypy_cache/plugins \
		--python-executable .venvs/localstack/bin/python $(TYPED_PLUGINS)

lint-sample: ready ## Lint the templates of the examples: cfn-lint
	$(HEADING)
	@$(BIN)/cfn-lint "examples/**/*.yaml"

test-unit: ready ## Test the functions and the command without AWS
	$(HEADING)
	@$(PYTEST) tests/unit $(ARGS)

test-definition: ready ## Test the rendered definition of the state machine, and lint it: statelint
	$(HEADING)
	@$(PYTEST) tests/machine/definition $(ARGS)

test-scenarios: ready build ## Run every stack status and every failure through the state machine on a local AWS
	$(HEADING)
	@$(call RECORDED,scenarios,tests/machine/scenarios)

test-dev: ready ## Test the workshop: bootstrap, deployment package, linters, provisioning
	$(HEADING)
	@$(PYTEST) tests/dev $(ARGS)

test-local: ready ## Test the LocalStack plug-ins
	$(HEADING)
	@XDG_CACHE_HOME="$(CURDIR)/.tools/cache" .venvs/localstack/bin/python -m pytest --quiet local/tests $(ARGS)

test-plan: ready ## Validate the Terraform configuration and test its plans with a mocked provider
	$(HEADING)
	@$(PYTEST) tests/terraform/plan $(ARGS)

test-apply: ready build ## Apply every module to a local AWS, change it in place and destroy it
	$(HEADING)
	@$(PYTEST) tests/terraform/apply $(ARGS)

test-upgrade: ready build ## Apply the last release to a local AWS, upgrade it to this checkout and destroy it
	$(HEADING)
	@$(PYTEST) tests/terraform/upgrade $(ARGS)

# The tests marked on_account run as they do on an account: test_account.py runs make e2e against a local AWS.
test-e2e: ready build ## Test everything from a git push to a stack on a local AWS
	$(HEADING)
	@$(call RECORDED,e2e,tests/e2e -m "not on_account")

# Without the network, and without the resources that tests create. A skipped false positive has its reason next to it.
check-terraform: ready ## Check the Terraform configuration for security problems: checkov
	$(HEADING)
	@.tools/bin/python3.13 -m dev.bootstrap.setup checkov
	@LOG_LEVEL=ERROR .venvs/checkov/bin/checkov --directory . --skip-path tests --framework terraform --skip-download --compact --quiet

check-privileges: ready ## Check the calls that test-scenarios and test-e2e recorded against the policies: iam-simulate
	$(HEADING)
	@.tools/bin/python3.13 -m dev.bootstrap.setup simulator
	@$(PYTEST) tests/privileges $(ARGS)

# Plans every environment file and every other configuration whose policies differ. The exceptions, with their reasons, are
# in tests/terraform/policies/exceptions.toml.
check-policies: ready ## Lint the policies that the configuration renders: parliament
	$(HEADING)
	@.tools/bin/python3.13 -m dev.bootstrap.setup parliament
	@$(PARLIAMENT) -m pytest --quiet tests/terraform/policies $(ARGS)
	@$(PARLIAMENT) -m dev.checks.policies

# A false positive is marked on its line, with the reason. bandit reports each mark that it meets; the log is shown only if
# bandit fails.
check-python: ready ## Check Python for security problems: bandit
	$(HEADING)
	@.tools/bin/python3.13 -m dev.bootstrap.setup bandit
	@.venvs/bandit/bin/bandit --quiet --configfile pyproject.toml --recursive $(SHIPPED) 2>.tools/bandit.log || \
		{ cat .tools/bandit.log >&2; exit 1; }

mutation: ready ## List changes to the verdict's code that no test detects (takes seven minutes): mutmut
	@$(BIN)/python -m dev.checks.mutation

##@ Run it on an AWS account

# Checks first that the Terraform state belongs to the environment.
PROVISION = PYTHONPATH=cli .tools/bin/python3.13 -m dev.provision

plan: named-environment build ## Show what apply would change (ENV=dev reads environments/dev.tfvars)
	@$(PROVISION) plan "$(ENV)" $(ARGS)

apply: named-environment build ## Provision the pipeline, the functions and the state machine of ENV
	@$(PROVISION) apply "$(ENV)" $(ARGS)

e2e: named-environment ready build ## Apply ENV to an account, test it and destroy it (docs/maintainers/account-test.md; asks first)
	@$(BIN)/python -m dev.account_test "$(ENV)" $(if $(filter yes,$(CONFIRM)),--yes) $(ARGS)

destroy: named-environment build ## Destroy what apply provisioned for ENV; says first what is lost (KEEP="bucket ...")
	@$(PROVISION) destroy "$(ENV)" $(ARGS)

move-state: named-environment tools ## Move the Terraform state of ENV from .state/ to S3 (environments/ENV.s3.tfbackend)
	@$(PROVISION) move-state "$(ENV)"

.PHONY: named-environment
named-environment:
	@case "$(ENV)" in \
		"" | *[!A-Za-z0-9_-]*) missing=yes ;; \
		*) if [ -f "$(ENVIRONMENTS)/$(ENV).tfvars" ]; then missing=; else missing=yes; fi ;; \
	esac; \
	if [ -n "$$missing" ]; then \
		there=$$(cd "$(ENVIRONMENTS)" 2>/dev/null && ls | sed -n 's/\.tfvars$$//p' | tr '\n' ' '); \
		if [ -n "$(ENV)" ]; then \
			echo "changegate: $(ENVIRONMENTS)/$(ENV).tfvars does not exist; the environments are: $$there" >&2; \
		else \
			echo "changegate: name the environment, as in make $(or $(firstword $(MAKECMDGOALS)),apply) ENV=dev; there are: $$there" >&2; \
		fi; \
		exit 1; \
	fi

##@ Maintain

requirements: ready ## Pin the latest versions that dev/requirements/*.in allow, with their hashes
	@cd dev/requirements && for name in bandit build checkov cli dev lambda lambda-runtime parliament pictures simulator uv; do \
		$(COMPILE) --upgrade --universal --python-version 3.13 "$$name.in" --output-file "$$name.txt" || exit 1; \
	done
	@cd dev/requirements && $(COMPILE) --python-version 3.13 --python-platform linux localstack.in --output-file localstack.txt

identity-table: ready ## Regenerate the table of identifying attributes from the schemas of cfn-lint
	@$(BIN)/python -m dev.generate.identity_table

reference: ready ## Generate docs/reference/, the index of the ADRs and the tables in the modules' READMEs
	@$(BIN)/python -m dev.generate.module_reference
	@$(BIN)/python -m dev.generate.command_reference
	@$(BIN)/python -m dev.generate.adr_index
	@$(BIN)/python -m dev.generate.task_params_table

pictures: ready ## Draw docs/pictures/ from the definition and from flow.dot
	@.tools/bin/python3.13 -m dev.bootstrap.setup pictures
	@$(BIN)/python -m dev.generate.pictures

release-archive: ready ## Archive the configuration of a release for test-upgrade (VERSION=0.1.0 REVISION=v0.1.0)
	@$(BIN)/python -m dev.generate.release_archive "$(VERSION)" "$(REVISION)"

clean: ## Remove everything that make created, except the Terraform state of environments
	@if [ -e .local/default/instance.json ]; then \
		echo "changegate: a local AWS may be running: make down first" >&2; exit 1; \
	fi
	@rm -rf .venv .venvs .tools .local build cli/build local/src/localstack_pipelines.egg-info dist \
		.mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
