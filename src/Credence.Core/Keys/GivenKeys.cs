namespace Credence.Keys;

/// <summary>A key that an operator gives, and where it stands.</summary>
/// <param name="Key">The key.</param>
/// <param name="Status">Current, next or retired.</param>
/// <param name="Source">The setting it came by.</param>
internal sealed record GivenKey(SigningKey Key, KeyStatus Status, string Source);

/// <summary>What the settings give, read once: signing keys, keys to encrypt under, and which keys the database is to keep besides.</summary>
/// <param name="Keys">Keys given by setting, file or folder.</param>
/// <param name="Data">Encrypts data at rest; without a key when none is given.</param>
internal sealed record GivenKeys(IReadOnlyList<GivenKey> Keys, Envelope Data)
{
    /// <summary>
    /// Encrypts signing keys at rest: under the data key, or, where only an RSA key is given, under a key derived from it. Every RSA private key at
    /// hand decrypts, so that replacing one in a folder loses nothing.
    /// </summary>
    public Envelope Wrap { get; } = new(
    [
        .. Data.Keys,
        .. Keys.OrderBy(given => given.Status != KeyStatus.Current)
            .Where(given => given.Key.CanSign)
            .Select(given => given.Key.Pair)
            .OfType<RsaPair>()
            .Select(EnvelopeKey.Derived),
    ]);

    /// <summary>
    /// The kinds the database keeps: with a data key whatever is not given, without one only Ed25519, which checkpoints cannot do without.
    /// P-256 stays away then, and its tokens are RS256 (design D3).
    /// </summary>
    public IEnumerable<KeyAlgorithm> Kept =>
        Enum.GetValues<KeyAlgorithm>().Where(algorithm => Current(algorithm) is null && (Data.CanProtect || algorithm == KeyAlgorithm.EdDSA));

    public GivenKey? Current(KeyAlgorithm algorithm) =>
        Keys.FirstOrDefault(given => given.Key.Algorithm == algorithm && given.Status == KeyStatus.Current);

    public GivenKey? Find(string kid) => Keys.FirstOrDefault(given => given.Key.Kid == kid);
}
