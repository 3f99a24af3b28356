# Everything that is done with this project begins here; `make` alone explains it.
# Works with GNU make 3.81 and later and a POSIX shell. Every target brings what it needs into the checkout first.

.DEFAULT_GOAL := help
# The parts of `make test` share the machine and one terminal: -j does not interleave them.
.NOTPARALLEL:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
TERRAFORM := .tools/bin/terraform
PYTEST := $(BIN)/python -m pytest --quiet
UV := .tools/uv/bin/uv

# The architecture of the functions: arm64 or x86_64.
ARCHITECTURE ?= arm64
ENV ?=
# What release-archive keeps: the version, and the commit of it.
VERSION ?=
REVISION ?=
# CONFIRM=yes is consent to what make e2e asks.
CONFIRM ?=
# Further arguments of pytest or of terraform plan, apply and destroy.
ARGS ?=

TYPED := cli/changegate_cli dev lambda_src/changegate tests
TYPED_PLUGINS := local/src/localstack_pipelines
SHIPPED := cli dev lambda_src local
CHECKED := $(SHIPPED) tests
# parliament's own code warns of what later versions of Python and setuptools will refuse.
PARLIAMENT := .venvs/parliament/bin/python -W ignore
COMPILE := ../../$(UV) pip compile --quiet --generate-hashes --no-emit-index-url --python ../../.tools/bin/python3.13 \
	--custom-compile-command "make requirements"

# Runs the suite $(1), the tests $(2), and keeps the calls that roles make meanwhile, for check-privileges, if it is run whole.
CALLS = $(CURDIR)/build/calls/$(1)
RECORDED = $(if $(ARGS),$(PYTEST) $(2) $(ARGS),rm -rf "$(CALLS)" && \
	LOCALSTACK_PIPELINES_CALL_RECORD="$(CALLS)" $(PYTEST) $(2) && touch "$(CALLS)/complete")

# Says which part of `make test` is running.
HEADING = @printf '\n== %s\n' "$@"

# Providers come from where `make setup` found them, whatever the user's own configuration says.
export TF_CLI_CONFIG_FILE := $(CURDIR)/.tools/terraform.rc
export CHECKPOINT_DISABLE := 1
# What another environment of the user would let shine into ours.
unexport PYTHONPATH
unexport PYTHONHOME
unexport VIRTUAL_ENV
unexport CONDA_PREFIX

.PHONY: help ready setup build demo up push down \
	test format lint typecheck lint-sample test-unit test-state-machine test-scenarios test-dev test-plugins \
	 test-terraform test-modules test-upgrade test-e2e \
	check-terraform check-policies check-privileges check-python \
	mutation plan apply e2e destroy move-state requirements identity-table reference pictures release-archive clean

help: ## Show this help
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

##@ Play with it on this machine

demo: build ## Show the whole way: four pushes to a local AWS, and what becomes of each
	@$(BIN)/changegate-local demo

up: build ## Start a local AWS with the pipeline in it, and leave it running
	@$(BIN)/changegate-local up

push: ready ## Push examples/sample-app to it and follow the pipeline
	@$(BIN)/changegate-local push

down: ready ## Stop it
	@$(BIN)/changegate-local down

##@ Make

setup: ready ## Bring Python 3.13, the virtual environments, Terraform and its provider into the checkout
	@echo "Everything is in place; the commands are in $(BIN)/ and .tools/bin/."

build: ready ## Make build/changegate.zip (ARCHITECTURE=arm64 or x86_64)
	@.tools/bin/python3.13 -m dev.build.build_zip --architecture "$(ARCHITECTURE)"

ready:
	@sh dev/bootstrap/bootstrap.sh
	@.tools/bin/python3.13 -m dev.bootstrap.setup

##@ Check

# Most of it waits most of the time: three lanes for two cores.
LANES := "lint typecheck lint-sample test-unit test-dev test-state-machine test-terraform" \
	"test-plugins test-scenarios test-modules" "test-e2e test-upgrade"

test: build ## Run every check and every test
	@MAKE="$(MAKE)" .tools/bin/python3.13 -m dev.checks.lanes $(LANES)

format: ready ## Format Python and Terraform files
	@$(BIN)/ruff check --fix-only --quiet $(CHECKED)
	@$(BIN)/ruff format $(CHECKED)
	@$(TERRAFORM) fmt -recursive

lint: ready ## Check style: ruff, terraform fmt
	$(HEADING)
	@$(BIN)/ruff check $(CHECKED)
	@$(BIN)/ruff format --check $(CHECKED)
	@$(TERRAFORM) fmt -check -diff -recursive

typecheck: ready ## Check types: mypy --strict, ours and the plug-ins against the LocalStack they extend
	$(HEADING)
	@$(BIN)/mypy --strict $(TYPED)
	@MYPYPATH=local/src $(BIN)/mypy --strict --cache-dir .mypy_cache/plugins \
		--python-executable .venvs/localstack/bin/python $(TYPED_PLUGINS)

lint-sample: ready ## Check the templates of the examples: cfn-lint
	$(HEADING)
	@$(BIN)/cfn-lint "examples/**/*.yaml"

test-unit: ready ## Test the Lambda package and the local runner without any AWS
	$(HEADING)
	@$(PYTEST) tests/unit $(ARGS)

test-state-machine: build ## Run the rendered state machine, whole, on the local interpreter
	$(HEADING)
	@$(PYTEST) tests/machine/definition $(ARGS)

test-scenarios: build ## Run every stack status and every bad day through the whole machine
	$(HEADING)
	@$(call RECORDED,scenarios,tests/machine/scenarios)

test-dev: ready ## Test the workshop: bootstrap with mirrors on loopback, the deployment package, provisioning
	$(HEADING)
	@$(PYTEST) tests/dev $(ARGS)

test-plugins: ready ## Test the plug-ins of the local AWS by themselves
	$(HEADING)
	@XDG_CACHE_HOME="$(CURDIR)/.tools/cache" .venvs/localstack/bin/python -m pytest --quiet local/tests $(ARGS)

test-terraform: ready ## Validate the configuration and test it against a mocked provider
	$(HEADING)
	@$(PYTEST) tests/terraform/plan $(ARGS)

test-modules: build ## Apply every module to a local AWS, change it in place and destroy it
	$(HEADING)
	@$(PYTEST) tests/terraform/apply $(ARGS)

test-upgrade: build ## Apply the last release to a local AWS, upgrade it to this checkout and destroy it
	$(HEADING)
	@$(PYTEST) tests/terraform/upgrade $(ARGS)

# Tests that run on an account as well are run as there: test_account.py runs make e2e against a local AWS.
test-e2e: build ## Test the whole way, from a git push to a stack
	$(HEADING)
	@$(call RECORDED,e2e,tests/e2e -m "not on_account")

# Without the network. A finding that is none is skipped beside its resource, with the reason. What tests make for a minute
# is not looked at.
check-terraform: ready ## Look for what is known to be unsafe in the Terraform configuration: checkov
	$(HEADING)
	@.tools/bin/python3.13 -m dev.bootstrap.setup checkov
	@LOG_LEVEL=ERROR .venvs/checkov/bin/checkov --directory . --skip-path tests --framework terraform --skip-download --compact --quiet

check-privileges: ready ## Hold what test-scenarios and test-e2e have called against the rendered policies: iam-simulate
	$(HEADING)
	@.tools/bin/python3.13 -m dev.bootstrap.setup simulator
	@$(PYTEST) tests/privileges $(ARGS)

# The plans of every environment file and of what else differs in policies. What is excepted is in
# tests/terraform/policies/exceptions.toml, with the reason.
check-policies: ready ## Look for mistakes in the policies that the configuration renders: parliament
	$(HEADING)
	@.tools/bin/python3.13 -m dev.bootstrap.setup parliament
	@$(PARLIAMENT) -m pytest --quiet tests/terraform/policies $(ARGS)
	@$(PARLIAMENT) -m dev.checks.policies

# A finding that is none is marked beside its line, with the reason. What bandit says of its own work on marked lines is
# shown only where it fails.
check-python: ready ## Look for what is known to be unsafe in Python: bandit
	$(HEADING)
	@.tools/bin/python3.13 -m dev.bootstrap.setup bandit
	@.venvs/bandit/bin/bandit --quiet --configfile pyproject.toml --recursive $(SHIPPED) 2>.tools/bandit.log || \
		{ cat .tools/bandit.log >&2; exit 1; }

mutation: ready ## List the small changes of the verdict's code that its tests do not notice (takes seven minutes)
	@$(BIN)/python -m dev.checks.mutation

##@ Run it on an AWS account

# Where the state is, and whether it is the environment's, is checked first.
PROVISION = .tools/bin/python3.13 -m dev.provision

plan: named-environment build ## Show what apply would do (ENV=dev reads environments/dev.tfvars)
	@$(PROVISION) plan "$(ENV)" $(ARGS)

apply: named-environment build ## Provision the pipeline, the functions and the state machine of ENV
	@$(PROVISION) apply "$(ENV)" $(ARGS)

e2e: named-environment build ## Test on an account: apply ENV, push, check, remove all of it (asks first)
	@$(BIN)/python -m dev.account_test "$(ENV)" $(if $(filter yes,$(CONFIRM)),--yes) $(ARGS)

destroy: named-environment build ## Remove what apply provisioned for ENV
	@$(PROVISION) destroy "$(ENV)" $(ARGS)

move-state: named-environment ready ## Move the state of ENV from .state/ to where environments/ENV.s3.tfbackend says
	@$(PROVISION) move-state "$(ENV)"

.PHONY: named-environment
named-environment:
	@case "$(ENV)" in \
		"" | *[!A-Za-z0-9_-]*) missing=yes ;; \
		*) if [ -f "environments/$(ENV).tfvars" ]; then missing=; else missing=yes; fi ;; \
	esac; \
	if [ -n "$$missing" ]; then \
		there=$$(cd environments && ls | sed -n 's/\.tfvars$$//p' | tr '\n' ' '); \
		if [ -n "$(ENV)" ]; then \
			echo "changegate: environments/$(ENV).tfvars does not exist; the environments are: $$there" >&2; \
		else \
			echo "changegate: name the environment, as in make $(or $(firstword $(MAKECMDGOALS)),apply) ENV=dev; there are: $$there" >&2; \
		fi; \
		exit 1; \
	fi

##@ Keep house

requirements: ready ## Pin the newest versions that dev/requirements/*.in allow, with their hashes
	@cd dev/requirements && for name in bandit build checkov dev lambda lambda-runtime parliament pictures simulator uv; do \
		$(COMPILE) --upgrade --universal --python-version 3.13 "$$name.in" --output-file "$$name.txt" || exit 1; \
	done
	@cd dev/requirements && $(COMPILE) --python-version 3.13 --python-platform linux localstack.in --output-file localstack.txt

identity-table: ready ## Make the table of identifying attributes anew from the schemas of cfn-lint
	@$(BIN)/python -m dev.generate.identity_table

reference: ready ## Generate docs/reference/, the index of the ADRs and the tables in the modules' READMEs
	@$(BIN)/python -m dev.generate.module_reference
	@$(BIN)/python -m dev.generate.command_reference
	@$(BIN)/python -m dev.generate.adr_index

pictures: ready ## Draw docs/pictures/ from the definition and from flow.dot
	@.tools/bin/python3.13 -m dev.bootstrap.setup pictures
	@$(BIN)/python -m dev.generate.pictures

release-archive: ready ## Keep the configuration of a release for the test of upgrades (VERSION=0.1.0 REVISION=v0.1.0)
	@$(BIN)/python -m dev.generate.release_archive "$(VERSION)" "$(REVISION)"

clean: ## Remove everything that was made, except the Terraform state of environments
	@if [ -e .local/default/instance.json ]; then \
		echo "changegate: a local AWS may be running: make down first" >&2; exit 1; \
	fi
	@rm -rf .venv .venvs .tools .local build local/src/localstack_pipelines.egg-info dist \
		.mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
