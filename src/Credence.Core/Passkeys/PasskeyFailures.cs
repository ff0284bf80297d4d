namespace Credence.Passkeys;

/// <summary>What this room refuses.</summary>
public static class PasskeyFailures
{
    /// <summary>There is no such challenge, or it was used, or its time is over; nobody is told which.</summary>
    public static readonly Failure ChallengeOver = Failure.Invalid("There is no such challenge, or it has expired or was used already");

    /// <summary>The owner has no passkey that could answer.</summary>
    public static readonly Failure NoPasskey = Failure.Invalid("No passkey that counts is enrolled for this principal");

    /// <summary>The organization has no such passkey.</summary>
    public static readonly Failure NotFound = Failure.NotFound("There is no such credential");

    /// <summary>The credential that answered is not one of the owner's.</summary>
    public static readonly Failure OtherCredential = Failure.Invalid("The credential is not one that this challenge was for");

    /// <summary>The credential is enrolled already.</summary>
    public static readonly Failure AlreadyEnrolled = Failure.Invalid("This credential is enrolled already");

    /// <summary>The owner has as many as there can be.</summary>
    public static readonly Failure TooMany = Failure.Invalid("No more passkeys can be enrolled for this principal: delete one first");

    /// <summary>A creation where a use was asked for, or the other way round.</summary>
    public static readonly Failure OtherCeremony = Failure.Invalid("The response is of another ceremony");

    /// <summary>The answer to another challenge.</summary>
    public static readonly Failure OtherChallenge = Failure.Invalid("The response answers another challenge");

    /// <summary>It was given on another site.</summary>
    public static readonly Failure OtherOrigin = Failure.Invalid("The response comes from another origin than FIDO_ORIGIN");

    /// <summary>It was given on a page of ours inside somebody else's.</summary>
    public static readonly Failure InsideAnotherSite = Failure.Invalid("The response comes from a page inside another site's");

    /// <summary>The authenticator spoke to somebody else.</summary>
    public static readonly Failure OtherRelyingParty = Failure.Invalid("The response is for another relying party than FIDO_RP_ID");

    /// <summary>Nobody touched the authenticator.</summary>
    public static readonly Failure NobodyPresent = Failure.Invalid("The authenticator does not say that somebody was present");

    /// <summary>The authenticator did not make sure that it was its owner.</summary>
    public static readonly Failure NotVerified = Failure.Invalid("The authenticator did not verify its user: set up a PIN, a fingerprint or the like");

    /// <summary>What it says of being backed up contradicts itself, or what it said before.</summary>
    public static readonly Failure OtherBackup = Failure.Invalid("The authenticator contradicts itself about backups of the credential");

    /// <summary>The key did not sign this.</summary>
    public static readonly Failure BadSignature = Failure.Invalid("The signature does not match");

    /// <summary>The counter did not go up: a copy of the key may be about.</summary>
    public static readonly Failure CounterWentBack = Failure.Invalid("The authenticator's counter went back: the credential may have been copied");

    /// <summary>The statement about the authenticator's make does not hold.</summary>
    public static readonly Failure BadAttestation = Failure.Invalid("The attestation statement does not hold");

    /// <summary>A part that cannot be read.</summary>
    public static Failure Malformed(string part) => Failure.Invalid($"{part} cannot be read");
}
