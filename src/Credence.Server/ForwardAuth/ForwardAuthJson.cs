using System.Text.Json;
using System.Text.Json.Serialization;

namespace Credence.Server.ForwardAuth;

/// <summary>How this door writes JSON: camelCase.</summary>
[JsonSerializable(typeof(AccountsApi.Registered))]
[JsonSerializable(typeof(AccountsApi.LoggedIn))]
[JsonSerializable(typeof(VerifyApi.Verified))]
internal sealed partial class ForwardAuthJson : JsonSerializerContext
{
    /// <summary>The shapes.</summary>
    public static ForwardAuthJson Wire { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase });
}
