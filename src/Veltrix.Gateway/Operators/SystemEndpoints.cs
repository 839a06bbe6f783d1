using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Veltrix.Gateway.Problems;
using Veltrix.Gateway.Sessions;
using Veltrix.Hosting.Telemetry;

namespace Veltrix.Gateway.Operators;

/// <summary>What an operator asks of the process itself.</summary>
internal static class SystemEndpoints
{
    public static void MapSystem(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/system", Show).For(Access.Viewer).WithTags("Operators")
            .WithSummary("What this process costs: its CPU time, memory, garbage collections and sessions")
            .Refuses(ProblemKind.OperatorOnly, ProblemKind.RoleTooSmall);
        routes.MapGet("/v1/system/silos", async (SiloSurvey survey) => TypedResults.Ok(await survey.ReadAsync())).For(Access.Viewer).WithTags("Operators")
            .WithSummary("The silos, what lives on each and what it costs, and how even the load is")
            .Refuses(ProblemKind.OperatorOnly, ProblemKind.RoleTooSmall, ProblemKind.Unavailable);
        routes.MapVeltrixMetrics().For(Access.Viewer).AlsoInternal();
    }

    private static Ok<SystemShape> Show(SessionTable sessions)
    {
        var usage = Environment.CpuUsage;
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return TypedResults.Ok(new SystemShape(
            Environment.ProcessId,
            Environment.MachineName,
            Environment.ProcessorCount,
            typeof(SystemEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
            usage.TotalTime.TotalSeconds,
            usage.PrivilegedTime.TotalSeconds,
            self.WorkingSet64,
            self.PeakWorkingSet64,
            GC.GetTotalMemory(forceFullCollection: false),
            GC.GetTotalAllocatedBytes(precise: false),
            [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)],
            GC.GetTotalPauseDuration().TotalSeconds,
            sessions.Count,
            sessions.Connected,
            sessions.CommandsInFlight));
    }
}

/// <param name="Pid">the process</param>
/// <param name="Machine">the machine's name</param>
/// <param name="Processors">processors that the process may use</param>
/// <param name="Version">of Veltrix</param>
/// <param name="CpuSeconds">CPU time since the start, in the kernel and outside</param>
/// <param name="KernelSeconds">the kernel's share of it</param>
/// <param name="ResidentBytes">memory that the process holds now</param>
/// <param name="PeakResidentBytes">the most that it has held</param>
/// <param name="HeapBytes">the managed heap now</param>
/// <param name="AllocatedBytes">managed memory that was allocated since the start</param>
/// <param name="Collections">garbage collections since the start, by generation</param>
/// <param name="PauseSeconds">how long garbage collections stopped everything since the start</param>
/// <param name="Sessions">sessions that this gateway knows</param>
/// <param name="Connected">those with a socket</param>
/// <param name="CommandsInFlight">commands accepted and unanswered, without those that will be answered busy</param>
internal sealed record SystemShape(
    int Pid,
    string Machine,
    int Processors,
    string Version,
    double CpuSeconds,
    double KernelSeconds,
    long ResidentBytes,
    long PeakResidentBytes,
    long HeapBytes,
    long AllocatedBytes,
    ImmutableArray<int> Collections,
    double PauseSeconds,
    int Sessions,
    int Connected,
    int CommandsInFlight);
