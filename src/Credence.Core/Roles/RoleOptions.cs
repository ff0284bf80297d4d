namespace Credence.Roles;

/// <summary>What people are who come by themselves.</summary>
public sealed class RoleOptions
{
    /// <summary><c>DEFAULT_ROLE</c>: the role of whoever signs up (contract identity B.1).</summary>
    public string First { get; set; } = "CUSTOMER";
}
