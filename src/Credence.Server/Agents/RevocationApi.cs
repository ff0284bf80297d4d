using Credence.Tokens;

namespace Credence.Server.Agents;

/// <summary><c>POST /api/v1/token/revoke</c>: a token is taken back (contract agent-idp AE-15; RFC 7009).</summary>
internal static class RevocationApi
{
    /// <summary>Maps the route. It answers 200 whatever the token is, and leaves another organization's alone (RFC 7009 2.2).</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(AgentsDoor.Base + "/token/revoke", Revoke).MayShowToken().SpeaksOAuth().AnswersForeign(StatusCodes.Status200OK);

    private static async Task<IResult> Revoke(AgentsCall call, ClientAuthentication authentication, CallLimits limits, RevokeAccessToken revoke, CancellationToken ct)
    {
        var (form, unread) = await OAuthForm.ReadAsync(call.Http.Request, ct);
        if (unread is not null) return unread;
        if (!call.HasCaller)
        {
            var (client, unproven) = await authentication.RunAsync(call.Http.Request, form, ct);
            if (client is null) return unproven!;
            if (await limits.AgentAsync(call.Http, client.Agent.Value) is { } tooMany) return tooMany;
            return await EndAsync(form, token => revoke.RunAsync(client.Organization, client.Agent, token, ct));
        }

        return await EndAsync(form, token => revoke.RunAsync(call.Caller.Organization, call.Caller.Agent, token, ct));
    }

    private static async Task<IResult> EndAsync(OAuthForm form, Func<string, Task<Result<bool>>> end)
    {
        if (form["token"] is not { } token) return OAuthErrors.InvalidRequest("token is required");
        var ended = await end(token);
        return ended.Succeeded ? TypedResults.Ok() : ended.Failure.Answer();
    }
}
