using System.Globalization;
using System.Net;
using MoR.Cluster.Errors;

namespace MoR.Cluster.Transport;

/// <summary>"host:port", where the host is a name, an IPv4 address, or an IPv6 address in brackets: "[::1]:5005".</summary>
/// <param name="Host">Without brackets.</param>
/// <param name="Port">0 to 65,535; 0 is any free one, for listening only.</param>
public sealed record NetworkAddress(string Host, int Port)
{
    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Reads an address.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public static NetworkAddress Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon];
        var isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (isBracketed)
            host = host[1..^1];
        if (host.Length == 0 || (host.Contains(':') && !isBracketed) || host.Any(char.IsWhiteSpace))
            throw Fault(text, "it is no address");
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65_535)
            throw Fault(text, $"port '{text[(colon + 1)..]}' is not between 0 and 65535");
        return new NetworkAddress(host, port);
    }

    /// <summary>Whether a text is an address.</summary>
    public static bool TryParse(string text)
    {
        try
        {
            _ = Parse(text);
            return true;
        }
        catch (InputException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static InputException Fault(string text, string problem) =>
        new($"address '{text}'", problem, "Write HOST:PORT, such as 10.0.0.7:5005, lab3:5005 or [::1]:5005.");
}
