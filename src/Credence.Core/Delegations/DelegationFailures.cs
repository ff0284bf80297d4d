using System.Globalization;

namespace Credence.Delegations;

/// <summary>What this room refuses.</summary>
public static class DelegationFailures
{
    /// <summary>How many times authority may be passed on (contract agent-idp AE-36).</summary>
    public const int MostDepth = 5;

    /// <summary>There is no such delegation for this caller.</summary>
    public static readonly Failure NotFound = Failure.NotFound("There is no such delegation");

    /// <summary>Only who gave it may take it back.</summary>
    public static readonly Failure NotDelegator = new(FailureKind.Forbidden, "FORBIDDEN", "Only the agent that delegated may revoke the delegation.");

    /// <summary>An agent need not delegate to itself.</summary>
    public static readonly Failure Self = Because("self_delegation", "An agent cannot delegate to itself.");

    /// <summary>Who is to receive it is suspended or decommissioned.</summary>
    public static readonly Failure DelegateeInactive = Because("delegatee_inactive", "The delegatee is not active.");

    /// <summary>Who passes it on has been stopped in this moment.</summary>
    public static readonly Failure DelegatorInactive = Because("delegator_inactive", "The delegator is not active.");

    /// <summary>The parent's token does not verify, or is another organization's.</summary>
    public static readonly Failure ParentInvalid = Because("parent_invalid", "parentDelegationToken is not a valid delegation token.");

    /// <summary>The parent is over, or an agent of its chain is stopped.</summary>
    public static readonly Failure ParentEnded = Because("parent_ended", "The delegation to continue has ended.");

    /// <summary>The parent was given to another agent.</summary>
    public static readonly Failure ParentForeign = Because("not_delegatee", "The delegation to continue was given to another agent.");

    /// <summary>The chain is as long as it may be.</summary>
    public static readonly Failure TooDeep = Because(
        "chain_too_deep", string.Create(CultureInfo.InvariantCulture, $"Authority can be passed on {MostDepth} times at most."));

    /// <summary>The authority would come back to an agent of the chain.</summary>
    public static readonly Failure Cycle = Because("cycle", "The delegatee is on the chain already.");

    /// <summary>A scope is not the delegator's to give.</summary>
    public static Failure ScopeBeyond(string scope) => Because("scope_exceeded", $"The delegator has no scope {scope} to pass on.");

    private static Failure Because(string reason, string detail) => new(FailureKind.Unprocessable, "INVALID_DELEGATION", detail) { Reason = reason };
}
