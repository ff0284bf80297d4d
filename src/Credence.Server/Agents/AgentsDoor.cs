using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Credence.Server.Agents;

/// <summary>The agents door: <c>/api/v1</c> for agents with an access token (contract agent-idp).</summary>
internal static class AgentsDoor
{
    /// <summary>Where it is.</summary>
    public const string Base = "/api/v1";

    /// <summary>Registers what only this door uses.</summary>
    public static IServiceCollection AddAgentsDoor(this IServiceCollection services, AgentsOptions options)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ExactPath>());
        return services
            .AddSingleton(options)
            .AddSingleton<CallLimits>()
            .AddSingleton<TierGate>()
            .AddSingleton<TokenExchange>()
            .AddSingleton<UsedToday>()
            .AddSingleton<Checkout>()
            .AddSingleton<ClientAuthentication>();
    }

    /// <summary>Maps the door.</summary>
    public static void Map(WebApplication app)
    {
        app.UseMiddleware<AgentsPipeline>();
        var options = app.Services.GetRequiredService<AgentsOptions>();
        var door = app.MapGroup("").WithMetadata(new OfAgentsDoor(), new HasExactPath(), new UnforeseenShape(AgentsErrors.FailAsync));

        AgentsApi.Map(door);
        CredentialsApi.Map(door);
        TokenApi.Map(door);
        IntrospectionApi.Map(door);
        RevocationApi.Map(door);
        OrganizationsApi.Map(door);
        MembersApi.Map(door);
        AuditApi.Map(door);
        TiersApi.Map(door);
        BillingApi.Map(door);
        WebhooksApi.Map(door);
        DeliveriesApi.Map(door);
        if (options.Analytics) AnalyticsApi.Map(door);
        if (options.Compliance) ComplianceApi.Map(door);
        if (options.HasDelegation) DelegationsApi.Map(door);
        DidApi.Map(door);
        AgentInfoApi.Map(door);
        PartnersApi.Map(door);
        PartnerTokensApi.Map(door);
        TrustPoliciesApi.Map(door);
        WorkloadTokensApi.Map(door);
        UnknownPaths.Map(door);
    }
}
