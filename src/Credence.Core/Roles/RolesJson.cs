using System.Text.Json.Serialization;

namespace Credence.Roles;

/// <summary>JSON kept in columns of this room.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class RolesJson : JsonSerializerContext;
