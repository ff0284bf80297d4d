namespace Credence.Telemetry;

/// <summary>What can happen with a federation partner, in the words of the label <c>event_type</c> (contract agent-idp B.11).</summary>
public enum FederationEvent
{
    /// <summary>It was registered.</summary>
    PartnerRegistered,

    /// <summary>It was changed.</summary>
    PartnerUpdated,

    /// <summary>It was removed.</summary>
    PartnerRemoved,

    /// <summary>Its time was over.</summary>
    PartnerExpired,

    /// <summary>A token of it was found good.</summary>
    TokenVerified,

    /// <summary>A token was refused.</summary>
    TokenRejected,

    /// <summary>Its keys were fetched.</summary>
    JwksRefreshed,

    /// <summary>Its keys could not be fetched.</summary>
    JwksFailed,
}
