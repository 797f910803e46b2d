using System.Globalization;
using MoR.Cluster.Protocol.Wire;
using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Cluster;

/// <summary>Which nodes a run wants.</summary>
/// <param name="Local">Nodes to start on this machine.</param>
/// <param name="Listen">Where to listen; null for any free port of this machine, for local nodes alone.</param>
/// <param name="Expect">Nodes to wait for before the first step, local ones among them.</param>
/// <param name="TokenFile">File of the join token; null for where <see cref="JoinTokens"/> looks.</param>
/// <param name="TlsFolder">Folder of the certificates; null for no TLS.</param>
/// <param name="AdmitOtherMachines">Whether nodes that give other bits may join.</param>
/// <param name="Insecure">Whether to listen beyond this machine without TLS.</param>
public sealed record ClusterPlan(
    int Local, string? Listen, int Expect, string? TokenFile, string? TlsFolder, bool AdmitOtherMachines, bool Insecure)
{
    /// <summary>Bytes that each local node may use; null for what it finds free.</summary>
    public long? NodeMemoryBytes { get; init; }

    /// <summary>What the nodes do that are started on this machine.</summary>
    public IReadOnlyList<Role> LocalRoles { get; init; } = [Role.Expert];

    /// <summary>Whether somebody said what they do; else it may be chosen.</summary>
    public bool IsRoleGiven { get; init; }

    /// <summary>Workers on this machine.</summary>
    public int LocalWorkers => LocalRoles.Contains(Role.Worker) ? Local : 0;

    /// <summary>Workers that there may be, of the nodes that are expected.</summary>
    public int MostWorkers => LocalWorkers + Math.Max(0, Expect - Local);

    /// <summary>The plan as options of <c>mor train</c>.</summary>
    public string ToArguments()
    {
        List<string> words = [];
        Add(Local > 0, "--nodes", Local.ToString(CultureInfo.InvariantCulture));
        Add(Local > 0 && !LocalRoles.SequenceEqual([Role.Expert]), "--role", NodeRoles.Write(LocalRoles));
        Add(Listen is not null, "--listen", Listen);
        Add(Listen is not null, "--expect", Expect.ToString(CultureInfo.InvariantCulture));
        Add(TokenFile is not null, "--token-file", TokenFile);
        Add(TlsFolder is not null, "--tls", TlsFolder);
        Add(AdmitOtherMachines, "--admit-other-machines");
        Add(Insecure, "--insecure");
        return string.Join(' ', words);

        void Add(bool isGiven, string option, string? value = null)
        {
            if (isGiven)
            {
                words.AddRange(value is null ? [option] : [option, LauncherCall.Word(value)]);
            }
        }
    }
}
