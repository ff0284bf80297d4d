using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;
using Credence.Server.People.OpenApi;
using Credence.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Credence.Server.People;

/// <summary>How the people door is set up.</summary>
internal sealed record PeopleDoorOptions
{
    /// <summary>Calls a minute from one address to each route that needs no token (<c>RATE_LIMIT_SIGN_IN_PER_MINUTE</c>; contract identity C.9).</summary>
    public required int SignInPerMinute { get; init; }

    /// <summary>The file of those who call with a name and a secret, or null (<c>APP_ENV_BASIC_CREDENTIALS_FILE</c>).</summary>
    public required string? BasicCredentialsFile { get; init; }

    /// <summary>Where the link in a mail that proves an address leads in the end (<c>VERIFY_EMAIL_PAGE</c>; contract identity ID-21).</summary>
    public required string VerifyEmailPage { get; init; }

    /// <summary>Whether the OpenAPI document is shown to everybody (<c>APP_ENV_DOC_PUBLIC</c>; contract identity ID-4).</summary>
    public required bool DocumentIsPublic { get; init; }

    /// <summary>How programs reach this server (<c>PUBLIC_BASE_URL</c>).</summary>
    public required string PublicBaseUrl { get; init; }
}

/// <summary>The people door: <c>/v1/api/identity</c> for people, their programs and sister services (contract identity).</summary>
internal static class PeopleDoor
{
    /// <summary>Where it is.</summary>
    public const string Base = "/v1/api/identity";

    /// <summary>Registers what only this door uses.</summary>
    public static IServiceCollection AddPeopleDoor(this IServiceCollection services, PeopleDoorOptions options)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ExactPath>());
        return services.AddSingleton(options).AddSingleton<PeopleKeys>().AddSingleton<ApiDocument>().AddSingleton<InternalCallers>();
    }

    /// <summary>Maps the door.</summary>
    public static void Map(WebApplication app)
    {
        app.UseMiddleware<PeoplePipeline>();
        var door = app.MapGroup("").WithMetadata(new OfPeopleDoor(), new HasExactPath(), new UnforeseenShape(PeopleErrors.FailAsync));
        KeysApi.Map(door);
        ProbesApi.Map(door);
        SignUpApi.Map(door);
        SignInApi.Map(door);
        SecondFactorsApi.Map(door);
        PasswordApi.Map(door);
        ForgotPasswordApi.Map(door);
        VerifyApi.Map(door);
        PhoneAuthApi.Map(door);
        LinkApi.Map(door);
        ConfigurationsApi.Map(door);
        SessionsApi.Map(door);
        UsersApi.Map(door);
        RolesApi.Map(door);
        PolicyDefinitionsApi.Map(door);
        PolicyCheckApi.Map(door);
        SigningKeysApi.Map(door);
        app.Services.GetRequiredService<Metrics>().FollowPeopleKeys(app.Services.GetRequiredService<PeopleKeys>().Listed);
        DocumentApi.Map(door, app.Services.GetRequiredService<PeopleDoorOptions>().DocumentIsPublic);
        UnknownPaths.Map(door);
    }
}
