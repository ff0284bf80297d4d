using Credence.Revocations;
using Credence.Tokens;

namespace Credence.Gateways;

/// <summary>
/// Whether a request may go on to a service behind a proxy (contract standards 11). Everything it needs is in memory, and whatever it is unsure of it refuses: a host or
/// path that no rule names, a token that does not count or is not enough, revocations that it has not heard of for too long.
/// </summary>
public sealed class AdmitRequest(
    ProtectedRoutes routes, CheckForwardToken forward, CheckPersonToken people, CheckAccessToken agents, CheckToken grants, TokenOptions options)
{
    /// <summary>Whether there is a rule for a request, so that whoever shows nothing may be asked to sign in.</summary>
    public bool IsProtected(AskedRequest asked) => routes.Find(asked) is not null;

    /// <param name="asked">The request.</param>
    /// <param name="token">What its caller shows; null for nothing.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Who comes; or why nobody may.</returns>
    public async ValueTask<Result<Visitor>> RunAsync(AskedRequest asked, string? token, CancellationToken ct)
    {
        if (routes.Find(asked) is not { } route) return GatewayFailures.NotProtected;
        if (token is null) return GatewayFailures.NoToken;
        var kind = TokenSort.Of(token, options);
        if (kind == TokenKinds.Forward) return Admit(forward.Run(token, RevocationIndex.StaleAfter), claims => IsEnough(route, claims.Role), Visitor.Of);
        if (kind == TokenKinds.Person) return AdmitPerson(route, await people.RunAsync(token, ct));
        if (kind == TokenKinds.Visit) return AdmitPerson(route, await people.VisitAsync(token, ct));
        if (kind == TokenKinds.Access) return Admit(await agents.RunAsync(token, ct), claims => IsEnough(route, ProtectedRoute.Agents, claims.Organization.ToString(), claims.Scopes), Visitor.Of);
        if (kind != TokenKinds.Grant) return GatewayFailures.Invalid;
        var check = await grants.RunAsync(token, ct);
        if (!check.Succeeded) return check.Failure;
        if (check.Value is not { Reason: null, Claims: { } claims }) return GatewayFailures.Invalid;
        if (claims.Audience is { } audience && audience != asked.Origin && audience != route.Audience) return GatewayFailures.Invalid;
        return IsEnough(route, ProtectedRoute.Grants, claims.Organization.ToString(), claims.Scopes) ? Visitor.Of(claims) : GatewayFailures.NotEnough;
    }

    private static Result<Visitor> AdmitPerson(ProtectedRoute route, Result<PersonClaims> check) =>
        Admit(check, claims => IsEnough(route, [.. claims.Roles.Select(role => role.Identifier)]), Visitor.Of);

    private static Result<Visitor> Admit<TClaims>(Result<TClaims> check, Func<TClaims, bool> isEnough, Func<TClaims, Visitor> visitor)
    {
        if (!check.Succeeded) return check.Failure.Kind == FailureKind.Unauthorized ? GatewayFailures.Invalid : check.Failure;
        return isEnough(check.Value) ? visitor(check.Value) : GatewayFailures.NotEnough;
    }

    private static bool IsEnough(ProtectedRoute route, params IReadOnlyList<string> roles) =>
        route.Admit.Contains(ProtectedRoute.People, StringComparer.Ordinal) && (route.Roles.Count == 0 || route.Roles.Intersect(roles, StringComparer.Ordinal).Any());

    private static bool IsEnough(ProtectedRoute route, string who, string organization, IReadOnlyList<string> scopes) =>
        route.Admit.Contains(who, StringComparer.Ordinal)
        && route.Organizations.Contains(organization, StringComparer.Ordinal)
        && route.Scopes.All(scope => scopes.Contains(scope, StringComparer.Ordinal));
}
