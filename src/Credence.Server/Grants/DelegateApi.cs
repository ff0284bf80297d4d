using Credence.Grants;
using Credence.Server.Grants.Reading;

namespace Credence.Server.Grants;

/// <summary><c>/v1/grants/delegate</c>: an agent passes part of its authority on to another.</summary>
internal static class DelegateApi
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromHours(1);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/grants/delegate", Delegate);

    private static async Task<IResult> Delegate(GrantsCall call, DelegateGrant delegateGrant, CancellationToken ct)
    {
        var input = new DelegateGrant.Input(
            call.Body.Text("parentGrantToken", TokensApi.TokenLength),
            call.Body.Text("subAgentId", 256),
            call.Body.Scopes("scopes", 1, 100),
            call.Body.DurationOrNull("expiresIn") ?? DefaultLife);
        CredentialFormats.OfDelegation(call.Body);
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await delegateGrant.RunAsync(call.Caller, input, ct)).Created(issued => TokenApi.IssuedToken.Of(issued), GrantsJson.Wire.IssuedToken);
    }
}
