using System.Text.Json.Serialization;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Server.Grants.Reading;
using Credence.Sso;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/sso/connections</c>, <c>/v1/sso/enforce</c>: the identity providers of an organization's people (contract grantex-enterprise 4.1).</summary>
internal static class SsoConnectionsApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/sso/connections", Create);
        routes.MapMethods("/v1/sso/connections", RouteFacts.Read, List);
        routes.MapMethods("/v1/sso/connections/{id}", RouteFacts.Read, Get);
        routes.MapPatch("/v1/sso/connections/{id}", Change);
        routes.MapDelete("/v1/sso/connections/{id}", Delete);
        routes.MapPost("/v1/sso/connections/{id}/test", Test).OnlyReads();
        routes.MapPost("/v1/sso/enforce", Enforce);
    }

    private static async Task<IResult> Create(GrantsCall call, CreateConnection create, CancellationToken ct)
    {
        call.Body.Name("name", ConnectionFields.NameLength); // it must be there
        var protocol = call.Body.Word<SsoProtocol>("protocol");
        if (call.Body.Problem is null) ConnectionFields.Require(call.Body, protocol);
        var input = ConnectionFields.Read(call.Body, protocol);
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await create.RunAsync(call.Caller, protocol, input, ct)).Created(ConnectionShape.Of, GrantsJson.Wire.ConnectionShape);
    }

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var all = await ConnectionStore.ListAsync(db, call.Caller.Organization, ct);
        return Answers.Ok(new ConnectionList(all.ConvertAll(ConnectionShape.Of)), GrantsJson.Wire.ConnectionList);
    }

    private static async Task<IResult> Get(string id, GrantsCall call, Db db, CancellationToken ct) =>
        await ConnectionStore.FindAsync(db, call.Caller.Organization, Ids.Read<Connection>(id), ct) is { } found
            ? Answers.Ok(ConnectionShape.Of(found), GrantsJson.Wire.ConnectionShape)
            : SsoFailures.ConnectionNotFound.Answer();

    private static async Task<IResult> Change(string id, GrantsCall call, ChangeConnection change, Db db, CancellationToken ct)
    {
        if (await ConnectionStore.FindAsync(db, call.Caller.Organization, Ids.Read<Connection>(id), ct) is not { } found) return SsoFailures.ConnectionNotFound.Answer();
        var input = ConnectionFields.Read(call.Body, found.Protocol); // which never changes
        if (call.Body.Problem is { } problem) return problem.Answer();
        if (input.IsEmpty) return Failure.Invalid("The body names nothing that can be changed").Answer();
        return (await change.RunAsync(call.Caller, found.Id, input, ct)).Ok(ConnectionShape.Of, GrantsJson.Wire.ConnectionShape);
    }

    private static async Task<IResult> Delete(string id, GrantsCall call, DeleteConnection delete, CancellationToken ct) =>
        (await delete.RunAsync(call.Caller, Ids.Read<Connection>(id), ct)).Done();

    private static async Task<IResult> Test(string id, GrantsCall call, TestConnection test, CancellationToken ct)
    {
        var tested = await test.RunAsync(call.Caller, Ids.Read<Connection>(id), ct);
        if (!tested.Succeeded) return tested.Failure.Answer();
        var status = tested.Value.Problem is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity;
        return Answers.Json(status, TestShape.Of(tested.Value), GrantsJson.Wire.TestShape);
    }

    private static async Task<IResult> Enforce(GrantsCall call, ChangeConnection change, CancellationToken ct)
    {
        if (!call.Body.Has("enforce")) call.Body.Refuse("enforce", "is required");
        var enforce = call.Body.FlagOrNull("enforce") ?? false;
        if (call.Body.Problem is { } problem) return problem.Answer();
        await change.EnforceAsync(call.Caller, enforce, ct);
        return Answers.Ok(new Enforcement(enforce, call.Caller.Organization.ToString()), GrantsJson.Wire.Enforcement);
    }

    /// <summary>Connections, oldest first.</summary>
    internal sealed record ConnectionList(List<ConnectionShape> Connections);

    /// <summary>Whether consent needs a sign-on, of whom.</summary>
    internal sealed record Enforcement(bool Enforce, string DeveloperId);

    /// <summary>A connection: of the protocols' fields only its own, and never a secret.</summary>
    internal sealed record ConnectionShape(
        string Id, string DeveloperId, string Name, string Protocol, string Status,
        string? IssuerUrl, string? ClientId,
        string? IdpEntityId, string? IdpSsoUrl, string? SpEntityId, string? SpAcsUrl,
        string? LdapUrl, string? LdapBindDn, string? LdapSearchBase, string? LdapSearchFilter, string? LdapGroupSearchBase, string? LdapGroupSearchFilter, bool? LdapTlsEnabled,
        IReadOnlyList<string> Domains, bool JitProvisioning, bool Enforce,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? GroupAttribute,
        IReadOnlyDictionary<string, string[]> GroupMappings, IReadOnlyList<string> DefaultScopes, string CreatedAt, string UpdatedAt)
    {
        public static ConnectionShape Of(Connection connection)
        {
            var rules = connection.Rules;
            string? Field(string name) => connection.Settings.GetValueOrDefault(name);
            return new ConnectionShape(
                connection.Id.ToString(), connection.Organization.ToString(), rules.Name, Words.Of(connection.Protocol), Words.Of(rules.Status),
                Field("issuerUrl"), Field("clientId"),
                Field("idpEntityId"), Field("idpSsoUrl"), Field("spEntityId"), Field("spAcsUrl"),
                Field("ldapUrl"), Field("ldapBindDn"), Field("ldapSearchBase"), Field("ldapSearchFilter"), Field("ldapGroupSearchBase"), Field("ldapGroupSearchFilter"),
                Field("ldapTlsEnabled") is { } tls ? tls == "true" : null,
                rules.Domains, rules.Provisions, rules.Enforce, rules.Mapping.GroupAttribute, rules.Mapping.Groups, rules.Mapping.Defaults,
                connection.CreatedAt.Iso(), connection.UpdatedAt.Iso());
        }
    }

    /// <summary>What came of a test.</summary>
    internal sealed record TestShape(
        bool Success, string Protocol, string? Error, string? Issuer, string? AuthorizationEndpoint, string? TokenEndpoint, string? JwksUri, string? IdpEntityId, string? IdpSsoUrl)
    {
        public static TestShape Of(TestConnection.Output tested)
        {
            var (protocol, settings) = (Words.Of(tested.Connection.Protocol), tested.Connection.Settings);
            return tested.Problem is { } problem
                ? new TestShape(false, protocol, problem, null, null, null, null, null, null)
                : new TestShape(
                    true, protocol, null, tested.Metadata?.Issuer, tested.Metadata?.AuthorizationEndpoint, tested.Metadata?.TokenEndpoint, tested.Metadata?.JwksUri,
                    settings.GetValueOrDefault("idpEntityId"), settings.GetValueOrDefault("idpSsoUrl"));
        }
    }
}
