using System.Globalization;

namespace Credence.Delegations;

/// <summary>Why a token is not exchanged, in the words of RFC 8693 2.2.2 and contract standards 5.5.</summary>
public static class ExchangeFailures
{
    /// <summary>The subject's token is none of this organization that counts now; what is wrong with it is not said.</summary>
    public static readonly Failure SubjectInvalid = new(FailureKind.Invalid, "invalid_request", "subject_token is not valid.");

    /// <summary>Nor is the actor's.</summary>
    public static readonly Failure ActorInvalid = new(FailureKind.Invalid, "invalid_request", "actor_token is not valid.");

    /// <summary>It is another agent's than the one that asks.</summary>
    public static readonly Failure ActorForeign = new(FailureKind.Invalid, "invalid_grant", "actor_token is another agent's than the client's.");

    /// <summary>A delegation counts in the hands of its delegatee alone.</summary>
    public static readonly Failure Foreign = new(FailureKind.Invalid, "invalid_grant", "The delegation was given to another agent.");

    /// <summary>The authority would come back to an agent that passed it on.</summary>
    public static readonly Failure Cycle = new(FailureKind.Invalid, "invalid_grant", "The client is on the chain already.");

    /// <summary>The chain is as long as it may be.</summary>
    public static readonly Failure TooDeep = new(
        FailureKind.Invalid, "invalid_grant",
        string.Create(CultureInfo.InvariantCulture, $"Authority can be passed on and cut down {DelegationFailures.MostDepth} times at most."));

    /// <summary>There is no such place for a token of this door, or it is not within the subject's (RFC 8693 2.2.2).</summary>
    public static readonly Failure InvalidTarget = new(FailureKind.Invalid, "invalid_target", "Tokens of this server are for its agents API alone.");
}
