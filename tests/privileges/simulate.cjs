// Evaluates requests against policies: JSON on standard input, JSON on standard output.
//
// In:  { "documents": { id: policy document }, "requests": [ { "principal": ARN, "action": "service:Action", "resource": ARN or "*",
//        "account": of the resource, "context": { key: value }, "identity": [id], "boundary": id or null,
//        "resourcePolicy": id or null } ] }
// Out: one object for each request, in order: { "result": "Allowed" | "ImplicitlyDenied" | "ExplicitlyDenied",
//        "allowedBy": [Sid of the identity's statement], "ignored": [context key that the action does not have] },
//      or { "errors": ... } for an invalid request or policy.
const { readFileSync } = require("node:fs");
const { runSimulation } = require("@cloud-copilot/iam-simulate");

async function evaluate({ documents, requests }) {
  const results = [];
  for (const request of requests) {
    const answer = await runSimulation(
      {
        request: {
          principal: request.principal,
          action: request.action,
          resource: { resource: request.resource, accountId: request.account },
          contextVariables: request.context,
        },
        identityPolicies: request.identity.map((id) => ({ name: id, policy: documents[id] })),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        permissionBoundaryPolicies:
          request.boundary === null ? undefined : [{ name: request.boundary, policy: documents[request.boundary] }],
        resourcePolicy: request.resourcePolicy === null ? undefined : documents[request.resourcePolicy],
      },
      { simulationMode: "Strict" },
    );
    results.push(
      answer.resultType === "error"
        ? { errors: answer.errors }
        : {
            result: answer.overallResult,
            allowedBy: answer.result.analysis.identityAnalysis.allowStatements.map(({ statement }) => statement.sid()),
            ignored: answer.result.ignoredContextKeys,
          },
    );
  }
  return results;
}

evaluate(JSON.parse(readFileSync(0, "utf-8"))).then((results) => process.stdout.write(JSON.stringify(results)));
