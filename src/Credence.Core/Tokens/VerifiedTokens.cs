using System.Collections.Concurrent;

namespace Credence.Tokens;

/// <summary>
/// Tokens of one kind whose signature and form were found good, by their whole text: an agent shows the same token many times, and its signature costs more
/// than all else about it. What time or a revocation may change is never kept, and a change of keys forgets everything.
/// </summary>
public sealed class VerifiedTokens<TClaims>
    where TClaims : class
{
    /// <summary>How many are kept at most, about 3 KB each: two generations of half as many.</summary>
    public const int Most = 8192;

    private const int LongestToken = 2048; // so that the bound on their number is one on memory too

    private Generation _now = new(0, null);

    /// <summary>What a token says that was verified under this version of the key ring, or null.</summary>
    public TClaims? Find(string token, int keys)
    {
        var now = Volatile.Read(ref _now);
        if (now.Keys != keys) return null;
        if (now.Young.TryGetValue(token, out var claims) || now.Old is not { } old || !old.TryGetValue(token, out claims)) return claims;
        now.Add(token, claims); // whoever is asked for lives on
        return claims;
    }

    /// <summary>Keeps what a token says that was just verified.</summary>
    /// <param name="token">The whole token.</param>
    /// <param name="claims">What it says.</param>
    /// <param name="keys">The version of the key ring from before it was verified.</param>
    public void Keep(string token, TClaims claims, int keys)
    {
        if (token.Length > LongestToken) return;
        var now = Volatile.Read(ref _now);
        if (now.Keys < keys) now = Begin(now, new Generation(keys, old: null));
        else if (now.Keys == keys && now.IsFull) now = Begin(now, new Generation(keys, now.Young));
        if (now.Keys == keys) now.Add(token, claims);
    }

    /// <summary>One caller begins a generation; others go on with it.</summary>
    private Generation Begin(Generation before, Generation next)
    {
        var found = Interlocked.CompareExchange(ref _now, next, before);
        return ReferenceEquals(found, before) ? next : found;
    }

    /// <summary>Tokens verified under one version of the key ring.</summary>
    /// <param name="keys">That version.</param>
    /// <param name="old">Those verified before them, which go when this one is full.</param>
    private sealed class Generation(int keys, ConcurrentDictionary<string, TClaims>? old)
    {
        private int _count;

        public int Keys => keys;

        public ConcurrentDictionary<string, TClaims>? Old => old;

        public ConcurrentDictionary<string, TClaims> Young { get; } = new(StringComparer.Ordinal);

        public bool IsFull => Volatile.Read(ref _count) >= Most / 2;

        public void Add(string token, TClaims claims)
        {
            if (Young.TryAdd(token, claims)) Interlocked.Increment(ref _count); // the dictionary's own Count takes all its locks
        }
    }
}
