using Credence.Keys;

namespace Credence.Server.Hosting.Settings;

/// <summary>
/// The forward-auth door without a database (contract forward-auth C.1, design D4): for development, tokens are issued to anybody. It is the same server on an
/// embedded database that it throws away, so probes, metrics and logs are what they are elsewhere; and it signs with a key of its own, never with a configured one.
/// </summary>
internal sealed class LegacyMode : IDisposable
{
    private const string Door = "forward-auth";
    private const string KeyPrefix = "legacy-";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("credence-legacy-");

    /// <summary>What signs.</summary>
    public SigningKey Key { get; } = SigningKey.Generate(KeyAlgorithm.RS256, KeyPrefix);

    /// <summary>Where the database is that is thrown away.</summary>
    public string DatabaseUrl => $"sqlite:{Path.Combine(_folder.FullName, "credence.db")}";

    /// <summary>Whether the settings mean it: this door alone, and no database.</summary>
    public static bool IsMeant(SettingValues values) => values.Legacy is null && values.Of(NetworkSettings.Doors) is [Door] && !values.IsSet(StoreSettings.DatabaseUrl);

    /// <summary>Why it is refused; null when it is not.</summary>
    public static string? Problem(SettingValues values) => values.Of(ForwardAuthSettings.LegacyMode) switch
    {
        true => null,
        false => "DATABASE_URL environment variable is required: AUTH_LEGACY_MODE=false forbids to run without",
        null when values.Of(ProcessSettings.Environment) == Deployment.Production =>
            "DATABASE_URL environment variable is required: in production only AUTH_LEGACY_MODE=true lets the forward-auth door issue tokens without user validation",
        null => null,
    };

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
