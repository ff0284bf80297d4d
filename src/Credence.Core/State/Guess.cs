using System.Runtime.InteropServices;

namespace Credence.State;

/// <summary>How long something under a key lasts.</summary>
/// <param name="Known">Whether the store could say; false while it is away, or in process when it is full.</param>
/// <param name="Left">The time it has left; null when there is nothing. <see cref="TimeSpan.MaxValue"/> for what somebody set without an end.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Lasting(bool Known, TimeSpan? Left);

/// <summary>An attempt to take a record by naming what it says.</summary>
/// <param name="Holder">A field and what it must say for the attempt to count at all: whose record it is.</param>
/// <param name="Secret">A field and what the caller thinks it says. Both are hashes that an outsider cannot choose, so comparing them tells nothing by its time.</param>
/// <param name="Counter">The field that counts wrong guesses.</param>
/// <param name="Most">The wrong guess that destroys the record.</param>
public sealed record Guess(KeyValuePair<string, string> Holder, KeyValuePair<string, string> Secret, string Counter, int Most);

/// <summary>What became of a <see cref="Guess"/>.</summary>
public enum GuessOutcome
{
    /// <summary>There is no record, or it is another holder's; nothing was counted.</summary>
    None,

    /// <summary>Wrong, and counted.</summary>
    Wrong,

    /// <summary>Wrong for the last time: the record is gone.</summary>
    Last,

    /// <summary>Right: the record is the caller's, and gone.</summary>
    Right,

    /// <summary>The store is away; it may or may not have happened.</summary>
    Away,
}

/// <summary>What became of a <see cref="Guess"/>, and the record's fields when it was right.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Fields">The fields; null unless it was right.</param>
public readonly record struct Guessed(GuessOutcome Outcome, IReadOnlyDictionary<string, string>? Fields);
