using System.Text.Json.Serialization;
using Credence.Organizations;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/me</c>: the caller's organization and its settings.</summary>
internal static class AccountApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/me", RouteFacts.Read, Get);
        routes.MapPatch("/v1/me", Change);
    }

    private static async Task<IResult> Get(GrantsCall call, Db db, CancellationToken ct) =>
        await OrganizationStore.FindAsync(db, call.Caller.Organization, ct) is { } organization
            ? Answers.Ok(Account.Of(organization), GrantsJson.Wire.Account)
            : OrganizationFailures.NotFound.Answer();

    private static async Task<IResult> Change(GrantsCall call, ChangeOrganization change, CancellationToken ct)
    {
        var input = new ChangeOrganization.Input(
            call.Body.FlagOrNull("fidoRequired"),
            call.Body.NameOrNull("fidoRpName", 100),
            call.Body.WordOrNull("consentMinimum", ConsentProof.Link, ConsentProof.Person, ConsentProof.Passkey),
            call.Body.FlagOrNull("strictScopes"),
            call.Body.WordOrNull<AnomalyResponse>("anomalyResponse"),
            call.Body.WordOrNull<PasskeyEnrolment>("passkeyEnrolment"));
        if (call.Body.Problem is { } problem) return problem.Answer();
        if (input == new ChangeOrganization.Input(null, null, null, null)) return Failure.Invalid("The body names nothing that can be changed").Answer();
        return (await change.RunAsync(call.Caller, input, ct)).Ok(_ => new AccountChanged(true), GrantsJson.Wire.AccountChanged);
    }

    /// <summary>The organization; what the protocol does not know comes after what it does.</summary>
    internal sealed record Account(
        string DeveloperId,
        string Name,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Email,
        string Mode,
        string Plan,
        bool FidoRequired,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FidoRpName,
        string CreatedAt,
        bool EmailVerified,
        string ConsentMinimum,
        bool StrictScopes,
        string AnomalyResponse,
        string PasskeyEnrolment)
    {
        public static Account Of(Organization organization) => new(
            organization.Id.ToString(),
            organization.Name,
            organization.Email,
            Words.Of(organization.Mode),
            Words.Of(organization.Plan),
            organization.FidoRequired,
            organization.FidoRpName,
            organization.CreatedAt.Iso(),
            organization.EmailVerified,
            Words.Of(organization.ConsentMinimum),
            organization.StrictScopes,
            Words.Of(organization.AnomalyResponse),
            Words.Of(organization.PasskeyEnrolment));
    }

    /// <summary>The change was made.</summary>
    internal sealed record AccountChanged(bool Updated);
}
