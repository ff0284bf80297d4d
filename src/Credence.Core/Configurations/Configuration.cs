using System.Text.Json;
using Credence.Storage;

namespace Credence.Configurations;

/// <summary>One thing that an administrator set at run time (contract identity B.7, B.8).</summary>
/// <param name="Id">Its id; what its credential is bound to.</param>
/// <param name="Group">What it is about: <c>MAIL</c>, <c>SMS</c>, <c>OTP</c>.</param>
/// <param name="Code">Which of the group: <c>smtp</c>, <c>welcome-en</c>, <c>lockSeconds</c>.</param>
/// <param name="Owner">For whom; null for everybody.</param>
/// <param name="Value">The setting itself, as JSON.</param>
/// <param name="SealedCredential">The secret that goes with it, encrypted; null when there is none.</param>
public sealed record Configuration(Id<Configuration> Id, string Group, string Code, string? Owner, string Value, string? SealedCredential) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "conf_";

    /// <summary>The value; undefined where an operator broke it by hand.</summary>
    public JsonElement Json()
    {
        try
        {
            return JsonElement.Parse(Value);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    internal static Sql Columns { get; } = Sql.Of($"id, group_name, code, owner_id, value, credential");

    internal static Configuration Read(Row row) => new(
        row.Id<Configuration>("id"), row.Text("group_name"), row.Text("code"), row.Text("owner_id") is { Length: > 0 } owner ? owner : null, row.Text("value"),
        row.TextOrNull("credential"));
}
