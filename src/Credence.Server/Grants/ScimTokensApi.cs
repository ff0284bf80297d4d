using System.Text.Json.Serialization;
using Credence.Scim;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/scim/tokens</c>: what an organization's company directory shows at <c>/scim/v2</c> (contract grantex-enterprise 3).</summary>
internal static class ScimTokensApi
{
    private const int LabelLength = 200;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/scim/tokens", Create);
        routes.MapMethods("/v1/scim/tokens", RouteFacts.Read, List);
        routes.MapDelete("/v1/scim/tokens/{id}", Revoke);
    }

    private static async Task<IResult> Create(GrantsCall call, CreateScimToken create, CancellationToken ct)
    {
        var label = call.Body.Name("label", LabelLength);
        if (call.Body.Problem is { } problem) return problem.Answer();
        return Answers.Json(StatusCodes.Status201Created, NewToken.Of(await create.RunAsync(call.Caller, label, ct)), GrantsJson.Wire.NewToken);
    }

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var tokens = await ScimTokenStore.ListAsync(db, call.Caller.Organization, ct);
        return Answers.Ok(new TokenList(tokens.ConvertAll(TokenShape.Of)), GrantsJson.Wire.TokenList);
    }

    private static async Task<IResult> Revoke(string id, GrantsCall call, RevokeScimToken revoke, CancellationToken ct) =>
        (await revoke.RunAsync(call.Caller, Ids.Read<ScimToken>(id), ct)).Done();

    /// <summary>Every token that works, newest first.</summary>
    internal sealed record TokenList(List<TokenShape> Tokens);

    /// <summary>A token without its text.</summary>
    internal sealed record TokenShape(
        string Id, string Label, string CreatedAt, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? LastUsedAt)
    {
        public static TokenShape Of(ScimToken token) => new(token.Id.ToString(), token.Label, token.CreatedAt.Iso(), token.LastUsedAt?.Iso());
    }

    /// <summary>A new token, with its text for the only time.</summary>
    internal sealed record NewToken(string Id, string Label, string Token, string CreatedAt)
    {
        public static NewToken Of(IssuedScimToken made) => new(made.Token.Id.ToString(), made.Token.Label, made.Plaintext, made.Token.CreatedAt.Iso());
    }
}
