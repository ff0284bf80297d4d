namespace Credence.Organizations;

/// <summary>What organizations begin with.</summary>
public sealed class OrganizationOptions
{
    /// <summary>The least proof of consent that a new live organization accepts, until it says otherwise; in development the protocol's own minimum (design D9).</summary>
    public ConsentProof ConsentMinimum { get; set; } = ConsentProof.Person;

    /// <summary>The same for an organization in <paramref name="mode"/>: in a sandbox nobody is asked.</summary>
    internal ConsentProof MinimumOf(OrganizationMode mode) => mode == OrganizationMode.Live ? ConsentMinimum : ConsentProof.Link;
}
