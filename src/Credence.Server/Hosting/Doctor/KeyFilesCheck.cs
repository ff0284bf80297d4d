using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Doctor;

/// <summary>Files that hold keys are for this server alone (contract identity C.1).</summary>
internal static class KeyFilesCheck
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    /// <summary>Looks at their permissions. That one is missing or no key, the settings' own rules say.</summary>
    public static void Run(SettingValues settings, Examination found)
    {
        if (OperatingSystem.IsWindows()) return;
        var files = Files(settings).Distinct(StringComparer.Ordinal).Where(File.Exists).ToList();
        foreach (var file in files)
        {
            if ((File.GetUnixFileMode(file) & Others) == UnixFileMode.None) continue;
            found.Found("key files", $"others on this machine may read or change {file}", $"its permissions are {Convert.ToString((int)File.GetUnixFileMode(file), 8)}", $"chmod 600 {file}");
        }

        found.Looked($"key files: {files.Count}");
    }

    private static IEnumerable<string> Files(SettingValues settings)
    {
        var keys = RoomOptions.Keys(settings);
        string?[] named =
        [
            keys.RsaPrivateKeyFile, keys.JwtPrivateKeyFile, keys.EcPrivateKeyFile, keys.Ed25519PrivateKeyFile, keys.DataEncryptionKeyFile, keys.DataEncryptionKeyPreviousFile,
            keys.AutoGenerate ? keys.DevelopmentKeyFile : null,
            .. new Setting[] { KeySettings.ApplicationSecret, KeySettings.ApplicationSecretPrevious }.Select(setting => settings.Find(setting).File),
        ];
        return named.OfType<string>().Concat(keys.KeysDir is { } folder && Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.pem") : []);
    }
}
