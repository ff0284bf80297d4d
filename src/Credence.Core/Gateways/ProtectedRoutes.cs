using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Credence.Gateways;

/// <summary>What gateways are set up with.</summary>
public sealed class GatewayOptions
{
    /// <summary><c>FORWARD_AUTH_ROUTES_FILE</c>: the rules; null for none, and then every host is shut.</summary>
    public string? RoutesFile { get; set; }
}

/// <summary>The rules in force: those of the file, read at start and again when it changes. One that cannot be read leaves those of before in force.</summary>
public sealed class ProtectedRoutes
{
    private readonly string? _file;
    private readonly ILogger<ProtectedRoutes> _log;
    private volatile IReadOnlyList<ProtectedRoute> _routes;
    private string? _text;

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It cannot be used.</exception>
    public ProtectedRoutes(GatewayOptions options, ILogger<ProtectedRoutes> log)
    {
        _file = options.RoutesFile;
        _log = log;
        _text = _file is null ? null : ReadText(_file);
        _routes = _text is null ? [] : Parse(_text);
    }

    /// <summary>Why a file cannot be used, as the end of a sentence; null when it can.</summary>
    public static string? ProblemOf(string file)
    {
        try
        {
            Parse(ReadText(file));
            return null;
        }
        catch (InvalidDataException error)
        {
            return error.Message;
        }
    }

    /// <summary>Looks whether the file changed. A worker does so every few seconds.</summary>
    public Task ReloadAsync(CancellationToken ct)
    {
        if (_file is null) return Task.CompletedTask;
        try
        {
            var text = ReadText(_file);
            if (text == _text) return Task.CompletedTask;
            _routes = Parse(text);
            _text = text;
            GatewaysLog.Read(_log, _routes.Count);
        }
        catch (InvalidDataException error)
        {
            GatewaysLog.NotRead(_log, error.Message);
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// The rule for a request: of those of its host, the one with the longest path. Where another is the longest when small and capital letters are the same, the
    /// service behind may go either way, so there is none.
    /// </summary>
    public ProtectedRoute? Find(AskedRequest asked)
    {
        if (asked.Path is not { } path) return null;
        var host = asked.NamedHost;
        var found = Longest(StringComparison.Ordinal);
        return found == Longest(StringComparison.OrdinalIgnoreCase) ? found : null;

        ProtectedRoute? Longest(StringComparison how)
        {
            var all = _routes.Where(route => route.Host.Equals(host, StringComparison.OrdinalIgnoreCase) && route.Covers(path, how)).ToList();
            var length = all.Count == 0 ? 0 : all.Max(route => route.Path.TrimEnd('/').Length);
            return all.Find(route => route.Path.TrimEnd('/').Length == length && route.Methods?.Contains(asked.Method, StringComparer.Ordinal) != false);
        }
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException("names a file that cannot be read", error);
        }
    }

    private static IReadOnlyList<ProtectedRoute> Parse(string text)
    {
        try
        {
            var routes = JsonSerializer.Deserialize(text, GatewaysJson.Default.RoutesFile)?.Routes ?? throw new InvalidDataException("holds no routes");
            for (var at = 0; at < routes.Count; at++)
            {
                if (routes[at].Problem() is { } problem) throw new InvalidDataException($"holds a route, number {at + 1}, that {problem}");
            }

            return routes;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"does not hold routes as documented: {error.Path}, line {error.LineNumber + 1}", error);
        }
    }
}
