using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Credence.Server.Doors;

namespace Credence.Server.People;

/// <summary>How this door writes JSON: camelCase, and what a thing does not have as null.</summary>
[JsonSerializable(typeof(ProbesApi.Ready))]
[JsonSerializable(typeof(IReadOnlyList<SigningKeysApi.KeyShape>))]
[JsonSerializable(typeof(SigningKeysApi.RotatedKey))]
[JsonSerializable(typeof(SignUpApi.Begun))]
[JsonSerializable(typeof(SignInApi.Tokens))]
[JsonSerializable(typeof(CodeSentShape))]
[JsonSerializable(typeof(PasskeyAsked))]
[JsonSerializable(typeof(FactorsShape))]
[JsonSerializable(typeof(NewTotpShape))]
[JsonSerializable(typeof(RecoveryCodesShape))]
[JsonSerializable(typeof(VerifiedShape))]
[JsonSerializable(typeof(LinkedShape))]
[JsonSerializable(typeof(ForgotPasswordApi.Proven))]
[JsonSerializable(typeof(Page<ConfigurationsApi.ConfigurationShape>))]
[JsonSerializable(typeof(ConfigurationsApi.Tried))]
[JsonSerializable(typeof(SignInApi.Caller))]
[JsonSerializable(typeof(IReadOnlyList<SessionsApi.SessionShape>))]
[JsonSerializable(typeof(Page<UserShape>))]
[JsonSerializable(typeof(UsersApi.Unlocked))]
[JsonSerializable(typeof(Page<RolesApi.RoleShape>))]
[JsonSerializable(typeof(IReadOnlyList<RolesApi.PermissionShape>))]
[JsonSerializable(typeof(Page<PolicyDefinitionsApi.EdgeShape>))]
[JsonSerializable(typeof(IReadOnlyList<PolicyCheckApi.Checked>))]
internal sealed partial class PeopleJson : JsonSerializerContext
{
    /// <summary>The shapes. Answers are JSON by their content type and never sniffed, so that names of people can stay readable.</summary>
    public static PeopleJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

/// <summary>How this door writes keys: what a key does not have is left out.</summary>
[JsonSerializable(typeof(KeySet))]
internal sealed partial class PeopleKeysJson : JsonSerializerContext
{
    /// <summary>The shapes.</summary>
    public static PeopleKeysJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
