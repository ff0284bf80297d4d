using System.Text.Json;
using Credence.Storage;

namespace Credence.Roles;

/// <summary>Whether an operator may change a role (contract identity B.1).</summary>
public enum RoleType
{
    /// <summary>It came with the server and stays as it is.</summary>
    System,

    /// <summary>Somebody made it here.</summary>
    Custom,
}

/// <summary>Whether a role counts.</summary>
public enum RoleStatus
{
    /// <summary>Who has it may do what it allows.</summary>
    Activated,

    /// <summary>Whoever has it has nothing by it.</summary>
    Deactivated,
}

/// <summary>What somebody is, and by that may do (contract identity B.7).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Identifier">What programs call it: <c>SUPER_ADMIN</c>.</param>
/// <param name="Name">What people call it, by language.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Priority">Its rank: nobody grants a role of a higher one than their own.</param>
/// <param name="Type">Whether it may be changed.</param>
/// <param name="Status">Whether it counts.</param>
public sealed record Role(
    Id<Role> Id, string Identifier, IReadOnlyDictionary<string, string> Name, string? Description, int Priority, RoleType Type, RoleStatus Status) : IIdentified
{
    /// <summary>The role that may do everything: what it may do stays as it came, and somebody always has it.</summary>
    public const string SuperAdmin = "SUPER_ADMIN";

    /// <summary>The ranks a role may have that somebody makes (contract identity B.1).</summary>
    public const int LowestCustom = 101, HighestCustom = 499;

    /// <inheritdoc/>
    public static string IdPrefix => "rol_";

    internal string NameAsJson => JsonSerializer.Serialize(new Dictionary<string, string>(Name, StringComparer.Ordinal), RolesJson.Default.DictionaryStringString);

    internal static Sql Columns { get; } = Sql.Of($"id, identifier, name, description, priority, type, status");

    internal static Role Read(Row row) => new(
        row.Id<Role>("id"),
        row.Text("identifier"),
        JsonSerializer.Deserialize(row.Text("name"), RolesJson.Default.DictionaryStringString)!,
        row.TextOrNull("description"),
        row.Int("priority"),
        row.Word<RoleType>("type"),
        row.Word<RoleStatus>("status"));
}
