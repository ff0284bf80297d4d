using System.Collections.Frozen;

namespace Credence.Keys;

/// <summary>The keys this node signs with and verifies by, in memory: it answers through any outage, and is exchanged as a whole (design D2).</summary>
public sealed class KeyRing
{
    private volatile Snapshot _now;

    /// <summary>A ring of keys that stay as they are; of each algorithm, the first that can sign does.</summary>
    public KeyRing(params IEnumerable<SigningKey> keys)
    {
        SigningKey[] all = [.. keys];
        _now = new Snapshot(all, [.. all.Where(key => key.CanSign).DistinctBy(key => key.Algorithm)], 0);
    }

    /// <summary>Whether it can sign grant tokens and checkpoints; <c>/readyz</c> asks (contract operations O5).</summary>
    public bool IsReady => _now.Signers[(int)KeyAlgorithm.RS256] is not null && _now.Signers[(int)KeyAlgorithm.EdDSA] is not null;

    /// <summary>Grows whenever the published keys change, for whoever keeps their JSON.</summary>
    public int Version => _now.Version;

    /// <summary>The key that signs.</summary>
    /// <exception cref="InvalidOperationException">There is none; see <see cref="For"/> and <see cref="IsReady"/>.</exception>
    public SigningKey Current(KeyAlgorithm algorithm) => CurrentOrNull(algorithm) ?? throw new InvalidOperationException($"no {algorithm} key to sign with");

    /// <summary>The algorithm to use where <paramref name="wanted"/> is wished for: RS256 stands in for ES256 where no P-256 key is (design D3).</summary>
    public KeyAlgorithm For(KeyAlgorithm wanted) =>
        wanted == KeyAlgorithm.ES256 && CurrentOrNull(wanted) is null ? KeyAlgorithm.RS256 : wanted;

    /// <summary>A published key by its name, or null.</summary>
    public SigningKey? Find(string kid) => _now.ByKid.GetValueOrDefault(kid);

    /// <summary>The public parts of all keys a verifier may meet, the current one of each algorithm first.</summary>
    /// <param name="only">Only these algorithms; all when none is named.</param>
    public IReadOnlyList<PublicJwk> Published(params KeyAlgorithm[] only) =>
        [.. _now.Keys.Where(key => only.Length == 0 || only.Contains(key.Algorithm)).Select(key => key.Jwk)];

    internal SigningKey? CurrentOrNull(KeyAlgorithm algorithm) => _now.Signers[(int)algorithm];

    /// <summary>Takes a new set of keys, in the order they are to be shown in.</summary>
    /// <returns>Whether anything is different.</returns>
    internal bool Exchange(IReadOnlyList<SigningKey> keys, IReadOnlyList<SigningKey> signers)
    {
        var before = _now;
        var after = new Snapshot(keys, signers, before.Version + 1);
        if (after.IsSameAs(before)) return false;
        _now = after;
        return true;
    }

    private sealed class Snapshot
    {
        public Snapshot(IReadOnlyList<SigningKey> keys, IReadOnlyList<SigningKey> signers, int version)
        {
            Keys = keys;
            ByKid = keys.ToFrozenDictionary(key => key.Kid, StringComparer.Ordinal);
            Signers = [.. Enum.GetValues<KeyAlgorithm>().Select(algorithm => signers.FirstOrDefault(key => key.Algorithm == algorithm))];
            Version = version;
        }

        public IReadOnlyList<SigningKey> Keys { get; }

        public FrozenDictionary<string, SigningKey> ByKid { get; }

        public SigningKey?[] Signers { get; }

        public int Version { get; }

        public bool IsSameAs(Snapshot other) => Names(this).Equals(Names(other), StringComparison.Ordinal);

        private static string Names(Snapshot of) =>
            string.Join(' ', of.Keys.Select(key => key.Kid)) + " signed by " + string.Join(' ', of.Signers.Select(key => key?.Kid));
    }
}
