using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Server.Grants.Scim;
using Credence.Server.Grants.Streams;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Credence.Server.Grants;

/// <summary>The grants door: <c>/v1</c> for developers, and the answer for every path that no door owns (design D20).</summary>
internal static class GrantsDoor
{
    /// <summary>Registers what only this door uses.</summary>
    public static IServiceCollection AddGrantsDoor(this IServiceCollection services, GrantsOptions options)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ExactPath>());
        return services
            .AddSingleton(options)
            .AddSingleton<RequestLimits>()
            .AddSingleton<AdminKey>()
            .AddSingleton<CallTotals>()
            .AddSingleton<StreamLife>()
            .AddSingleton<ScimDescriptions>();
    }

    /// <summary>Maps the door; call it before the application's other middleware that ends requests.</summary>
    public static void Map(WebApplication app)
    {
        app.UseMiddleware<GrantsPipeline>();
        var door = app.MapGroup("").WithMetadata(new OfGrantsDoor(), new HasExactPath());

        SignupApi.Map(door);
        AccountApi.Map(door);
        KeysApi.Map(door);
        AgentsApi.Map(door);
        AuthorizeApi.Map(door);
        PoliciesApi.Map(door);
        PolicyTrialApi.Map(door);
        ConsentApi.Map(door);
        WebAuthnApi.Map(door);
        TokenApi.Map(door);
        TokensApi.Map(door);
        GrantsApi.Map(door);
        DelegateApi.Map(door);
        AuditLogApi.Map(door);
        PrincipalSessionsApi.Map(door);
        PrincipalApi.Map(door);
        PrincipalPasskeysApi.Map(door);
        AuditApi.Map(door);
        ComplianceApi.Map(door);
        EventsApi.Map(door);
        UsageApi.Map(door);
        BillingApi.Map(door);
        AdminApi.Map(door);
        WebhooksApi.Map(door);
        DeliveriesApi.Map(door);
        AnomaliesApi.Map(door);
        AlertsApi.Map(door);
        AnomalyRulesApi.Map(door);
        AlertChannelsApi.Map(door);
        ScimTokensApi.Map(door);
        ScimDoor.Map(door);
        SsoConnectionsApi.Map(door);
        SsoSessionsApi.Map(door);
        SsoLoginApi.Map(door);
        SsoConfigApi.Map(door);
        AgentDidApi.Map(door);
        UnknownPaths.Map(door);
    }
}
