using System.Text.Json.Serialization;
using Credence.Agents;
using Credence.Federation;
using Credence.Issuers;
using Credence.Server.Doors;
using Credence.Storage;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/federation</c>: other issuers whose agents' tokens are understood here (contract agent-idp AE-40 to AE-44).</summary>
internal static class PartnersApi
{
    private const string Trust = AgentsDoor.Base + "/federation/trust";
    private const string Path = AgentsDoor.Base + "/federation/partners";
    private const int MostOrganizations = 100;
    private const int OrganizationLength = 255;

    /// <summary>Maps the routes. They are the operator's: whoever else asks is told so, whatever it asks about.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Trust, Register).ForOperators();
        routes.MapMethods(Path, RouteFacts.Read, List).ForOperators();
        routes.MapMethods(Path + "/{partnerId}", RouteFacts.Read, Get).ForOperators();
        routes.MapPatch(Path + "/{partnerId}", Change).ForOperators();
        routes.MapDelete(Path + "/{partnerId}", Remove).ForOperators();
    }

    private static RouteHandlerBuilder ForOperators(this RouteHandlerBuilder route) =>
        route.NeedsScope(AgentScopes.AdminOrganizations).AnswersForeign(StatusCodes.Status403Forbidden);

    private static async Task<IResult> Register(AgentsCall call, RegisterPartner register, IssuerOptions issuers, TimeProvider clock, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var input = new RegisterPartner.Input(
            Name(call.Body, required: true) ?? "",
            Address(call.Body, "issuer", issuers, required: true) ?? "",
            Address(call.Body, "jwksUri", issuers, required: true) ?? "",
            call.Body.TextsOrNull("allowedOrganizations", 0, MostOrganizations, OrganizationLength) ?? [],
            End(call.Body, clock.Now()));
        if (call.Invalid() is { } invalid) return invalid;
        return (await register.RunAsync(call.Caller, input, ct)).Created(
            partner => PartnerShape.Of(partner, clock.Now()), AgentsJson.Wire.PartnerShape, partner => $"{Path}/{partner.Id.Value}");
    }

    private static async Task<IResult> List(AgentsCall call, Db db, TimeProvider clock, CancellationToken ct)
    {
        var status = call.Query.WordOrNull<PartnerStatus>("status");
        var page = call.Page();
        if (call.Invalid() is { } invalid) return invalid;
        var now = clock.Now();
        var listed = await PartnerStore.ListAsync(db, status, now, page.Limit, page.Skip, ct);
        var total = await PartnerStore.CountAsync(db, status, now, ct);
        return AgentsAnswers.Ok(
            new PageOf<PartnerShape>(listed.ConvertAll(partner => PartnerShape.Of(partner, now)), total, page.Number, page.Limit), AgentsJson.Wire.PageOfPartnerShape);
    }

    private static async Task<IResult> Get(string partnerId, AgentsCall call, Db db, TimeProvider clock, CancellationToken ct)
    {
        var wanted = call.Id<Partner>("partnerId", partnerId);
        if (call.Invalid() is { } invalid) return invalid;
        return await PartnerStore.FindAsync(db, wanted, ct) is { } partner
            ? AgentsAnswers.Ok(PartnerShape.Of(partner, clock.Now()), AgentsJson.Wire.PartnerShape)
            : FederationFailures.NotFound.Answer();
    }

    private static async Task<IResult> Change(string partnerId, AgentsCall call, ChangePartner change, Db db, IssuerOptions issuers, TimeProvider clock, CancellationToken ct)
    {
        var wanted = call.Id<Partner>("partnerId", partnerId);
        if (call.Invalid() is { } malformed) return malformed;
        if (await PartnerStore.FindAsync(db, wanted, ct) is null) return FederationFailures.NotFound.Answer();
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var neverExpires = call.Body.IsNull("expiresAt");
        var input = new ChangePartner.Input(
            Name(call.Body, required: false),
            Address(call.Body, "jwksUri", issuers, required: false),
            call.Body.TextsOrNull("allowedOrganizations", 0, MostOrganizations, OrganizationLength),
            call.Body.WordOrNull("status", PartnerStatus.Active, PartnerStatus.Suspended),
            neverExpires ? null : End(call.Body, clock.Now()),
            neverExpires);
        if (call.Invalid() is { } invalid) return invalid;
        return (await change.RunAsync(call.Caller, wanted, input, ct)).Ok(partner => PartnerShape.Of(partner, clock.Now()), AgentsJson.Wire.PartnerShape);
    }

    private static async Task<IResult> Remove(string partnerId, AgentsCall call, RemovePartner remove, CancellationToken ct)
    {
        var wanted = call.Id<Partner>("partnerId", partnerId);
        if (call.Invalid() is { } invalid) return invalid;
        return (await remove.RunAsync(call.Caller, wanted, ct)).Done();
    }

    private static string? Name(Fields body, bool required)
    {
        var name = required ? body.Name("name", 100) : body.NameOrNull("name", 100);
        if (name is { Length: 1 }) body.Refuse("name", "must have 2 to 100 characters");
        return name;
    }

    /// <summary>An https address; whether what it names may be connected to is known when it is.</summary>
    private static string? Address(Fields body, string name, IssuerOptions issuers, bool required)
    {
        var address = required ? body.Text(name, WebAddress.Length) : body.TextOrNull(name, WebAddress.Length);
        if (address is { Length: > 0 } && (issuers.Rules with { AllowPrivate = true }).Problem(address) is { } problem) body.Refuse(name, problem);
        return address;
    }

    private static DateTimeOffset? End(Fields body, DateTimeOffset now)
    {
        var end = body.InstantOrNull("expiresAt");
        if (end <= now) body.Refuse("expiresAt", "must lie in the future");
        return end;
    }

    /// <summary>A partner as this door shows it.</summary>
    internal sealed record PartnerShape(
        Guid Id,
        string Name,
        string Issuer,
        [property: JsonPropertyName("jwks_uri")] string JwksUri,
        [property: JsonPropertyName("allowed_organizations")] IReadOnlyList<string> AllowedOrganizations,
        string Status,
        [property: JsonPropertyName("created_at")] string CreatedAt,
        [property: JsonPropertyName("updated_at")] string UpdatedAt,
        [property: JsonPropertyName("expires_at")] string? ExpiresAt)
    {
        public static PartnerShape Of(Partner partner, DateTimeOffset now) => new(
            partner.Id.Value, partner.Name, partner.Issuer, partner.JwksUri, partner.AllowedOrganizations, Words.Of(partner.StatusAt(now)),
            partner.CreatedAt.Iso(), partner.UpdatedAt.Iso(), partner.ExpiresAt?.Iso());
    }
}
