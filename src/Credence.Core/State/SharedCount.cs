using System.Runtime.InteropServices;

namespace Credence.State;

/// <summary>A number that all nodes count together until a moment, under a documented key whose value anyone may read (contract agent-idp A.5).</summary>
/// <param name="Key">The key.</param>
/// <param name="Until">When it begins anew.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SharedCount(string Key, DateTimeOffset Until);

/// <summary>What became of a call that wanted to be counted.</summary>
public enum CountOutcome
{
    /// <summary>It is counted.</summary>
    Counted,

    /// <summary>The limit is reached; nothing was counted.</summary>
    Full,

    /// <summary>Nobody counted yet, or what was counted is lost: ask again with what the database knows.</summary>
    Unknown,

    /// <summary>The store is away.</summary>
    Away,
}

/// <summary>What became of a call that wanted to be counted, and how many there are now.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Count">How many are counted now, where that is known.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Counted(CountOutcome Outcome, long Count);
