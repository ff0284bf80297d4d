namespace Credence.Policies;

/// <summary>Who decides by policy.</summary>
public enum PolicyEngine
{
    /// <summary>The organization's own rules, in this process.</summary>
    Builtin,

    /// <summary>An Open Policy Agent that the operator runs.</summary>
    Opa,
}

/// <summary>How policies are decided (contract grantex 8).</summary>
public sealed class PolicyOptions
{
    /// <summary><c>POLICY_BACKEND</c>: who decides, for every organization.</summary>
    public PolicyEngine Engine { get; set; }

    /// <summary><c>OPA_URL</c>: where OPA is, without a slash at the end.</summary>
    public string OpaUrl { get; set; } = "";

    /// <summary><c>OPA_FALLBACK_TO_BUILTIN</c>: whether the organization's own rules decide while OPA does not; otherwise its failure denies.</summary>
    public bool FallBackToBuiltin { get; set; }

    /// <summary>How long OPA may take for a whole answer, connecting included (contract grantex-core 10).</summary>
    public TimeSpan OpaTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
