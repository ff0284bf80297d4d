using Credence.Server.Agents;
using Credence.Server.Doors;
using Credence.Server.ForwardAuth;
using Credence.Server.Grants;
using Credence.Server.Hosting.Requests;
using Credence.Server.Hosting.Settings;
using Credence.Server.OAuth;
using Credence.Server.Pages;
using Credence.Server.People;

namespace Credence.Server.Hosting;

/// <summary>The doors, and which of them are open (<c>DOORS</c>).</summary>
internal static class Doors
{
    /// <summary>Registers what the doors use.</summary>
    public static IServiceCollection AddDoors(this IServiceCollection services, SettingValues settings) => services
        .AddSingleton(new RateLimitOptions
        {
            Enabled = settings.Of(LimitSettings.RateLimitsEnabled),
            AddressPerMinute = settings.Of(LimitSettings.AddressPerMinute),
        })
        .AddSingleton<RateLimits>()
        .AddSingleton(new Cors(settings.Of(NetworkSettings.CorsOrigin) ?? []))
        .AddGrantsDoor(new GrantsOptions
        {
            AuthorizePerMinute = settings.Of(LimitSettings.AuthorizePerMinute),
            PublicBaseUrl = settings.Of(NetworkSettings.PublicBaseUrl),
            AdminApiKey = settings.Of(BillingSettings.AdminApiKey),
            DidWebDomain = settings.Of(NetworkSettings.DidWebDomain),
        })
        .AddAgentsDoor(new AgentsOptions
        {
            CallsPerWindow = settings.Of(LimitSettings.AgentCallsPerWindow),
            WindowMs = settings.Of(LimitSettings.AgentWindowMs),
            PublicBaseUrl = settings.Of(NetworkSettings.PublicBaseUrl),
            DidWebDomain = settings.Of(NetworkSettings.DidWebDomain),
            Analytics = settings.Of(AgentSettings.Analytics),
            Compliance = settings.Of(AgentSettings.Compliance),
            ReturnOrigins = new HashSet<string>(
                [new Uri(settings.Of(NetworkSettings.PublicBaseUrl)).GetLeftPart(UriPartial.Authority), .. settings.Of(NetworkSettings.CorsOrigin) ?? []], StringComparer.Ordinal),
            HasDelegation = settings.Of(FederationSettings.DelegationEnabled),
        })
        .AddOAuthDoor(new OAuthOptions
        {
            Issuer = settings.Of(NetworkSettings.JwtIssuer),
            PublicBaseUrl = settings.Of(NetworkSettings.PublicBaseUrl),
            DidWebDomain = settings.Of(NetworkSettings.DidWebDomain),
            HasGrants = IsOpen(settings, "grants"),
            HasAgents = IsOpen(settings, "agents"),
            HasDelegation = settings.Of(FederationSettings.DelegationEnabled),
        })
        .AddPeopleDoor(new PeopleDoorOptions
        {
            SignInPerMinute = settings.Of(PeopleSettings.SignInPerMinute),
            BasicCredentialsFile = settings.Of(PeopleSettings.BasicCredentialsFile),
            VerifyEmailPage = settings.Of(PeopleSettings.VerifyEmailPage),
            DocumentIsPublic = settings.Of(PeopleSettings.DocumentIsPublic),
            PublicBaseUrl = settings.Of(NetworkSettings.PublicBaseUrl),
        })
        .AddSingleton(new VisitCookie(
            settings.Of(ForwardAuthSettings.Cookie), settings.Of(ForwardAuthSettings.CookieDomain), new Uri(settings.Of(NetworkSettings.PublicBaseUrl))))
        .AddForwardAuthDoor(new ForwardAuthOptions
        {
            CallsPerMinute = settings.Of(PeopleSettings.SignInPerMinute),
            HasPublicVerify = settings.Of(ForwardAuthSettings.PublicVerify),
            Proxies = settings.Of(NetworkSettings.TrustProxy),
            Cookie = settings.Of(ForwardAuthSettings.Cookie),
            SignInUrl = settings.Of(ForwardAuthSettings.SignInUrl),
        })
        .AddPages(new PagesOptions { PublicBaseUrl = new Uri(settings.Of(NetworkSettings.PublicBaseUrl)), SignInPerMinute = settings.Of(PeopleSettings.SignInPerMinute) });

    /// <summary>Opens those that the settings name. The pages belong to the grants door, where people decide and must be somebody, and to that of people.</summary>
    public static void Map(WebApplication app, SettingValues settings)
    {
        OAuthDoor.Map(app);
        if (settings.Of(ProcessSettings.Environment) == Deployment.Development) PagesDoor.MapOutbox(app);
        if (IsOpen(settings, "agents")) AgentsDoor.Map(app);
        if (IsOpen(settings, "people")) PeopleDoor.Map(app);
        if (IsOpen(settings, "forward-auth")) ForwardAuthDoor.Map(app);
        var hasGrants = IsOpen(settings, "grants");
        if (hasGrants) GrantsDoor.Map(app);
        if (hasGrants || IsOpen(settings, "people")) PagesDoor.Map(app, hasGrants);
    }

    private static bool IsOpen(SettingValues settings, string door) => settings.Of(NetworkSettings.Doors).Contains(door, StringComparer.Ordinal);
}
