using Credence.Audit;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>An organization changes its own settings.</summary>
public sealed class ChangeOrganization(Db db, TimeProvider clock)
{
    /// <summary>What to change; null leaves a thing as it is.</summary>
    /// <param name="FidoRequired">Whether a passkey must prove each consent.</param>
    /// <param name="FidoRpName">How the passkey prompt names the organization, 1 to 100 characters.</param>
    /// <param name="ConsentMinimum">The least proof of consent it accepts.</param>
    /// <param name="StrictScopes">Whether an agent without registered scopes may be given none.</param>
    /// <param name="AnomalyResponse">What is done about a serious anomaly.</param>
    /// <param name="PasskeyEnrolment">How a passkey must have come to be a person's to count.</param>
    public sealed record Input(
        bool? FidoRequired, string? FidoRpName, ConsentProof? ConsentMinimum, bool? StrictScopes, AnomalyResponse? AnomalyResponse = null,
        PasskeyEnrolment? PasskeyEnrolment = null);

    /// <returns>The organization as it is now.</returns>
    public async Task<Result<Organization>> RunAsync(ApiCaller caller, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var before = await OrganizationStore.HoldAsync(tx, caller.Organization, ct);
        if (before is null) return OrganizationFailures.NotFound;

        var after = before with
        {
            FidoRequired = input.FidoRequired ?? before.FidoRequired,
            FidoRpName = input.FidoRpName ?? before.FidoRpName,
            ConsentMinimum = input.ConsentMinimum ?? before.ConsentMinimum,
            StrictScopes = input.StrictScopes ?? before.StrictScopes,
            AnomalyResponse = input.AnomalyResponse ?? before.AnomalyResponse,
            PasskeyEnrolment = input.PasskeyEnrolment ?? before.PasskeyEnrolment,
        };
        await OrganizationStore.SaveAsync(tx, after, ct);
        await AuditLog.AppendAsync(
            tx,
            caller.Act(
                "organization.changed", caller.Organization.ToString(),
                new()
                {
                    ["fidoRequired"] = after.FidoRequired ? "true" : "false",
                    ["consentMinimum"] = Words.Of(after.ConsentMinimum),
                    ["strictScopes"] = after.StrictScopes ? "true" : "false",
                    ["anomalyResponse"] = Words.Of(after.AnomalyResponse),
                    ["passkeyEnrolment"] = Words.Of(after.PasskeyEnrolment),
                }),
            now, ct);
        await tx.CommitAsync();
        return after;
    }
}
