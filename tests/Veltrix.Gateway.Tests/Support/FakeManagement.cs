using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Veltrix.Gateway.Tests.Support;

/// <summary>Orleans' management of a cluster of scripted silos, as far as the gateway asks it.</summary>
public class FakeManagement : DispatchProxy
{
    private readonly Dictionary<SiloAddress, (string Name, (string Type, int Count)[]? Grains)> _silos = [];

    /// <summary>How often the list of silos was asked for.</summary>
    public int Asked { get; private set; }

    /// <param name="silos">silos by name, with their activations; one with none does not answer</param>
    public static (IManagementGrain Grain, FakeManagement Script) Of(params (string Name, (string Type, int Count)[]? Grains)[] silos)
    {
        var grain = Create<IManagementGrain, FakeManagement>();
        var script = (FakeManagement)(object)grain;
        foreach (var silo in silos)
        {
            script._silos.Add(SiloAddress.New(IPAddress.Loopback, 11_111 + script._silos.Count, 1), silo);
        }

        return (grain, script);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod!.Name)
        {
            case nameof(IManagementGrain.GetDetailedHosts):
                Asked++;
                return Task.FromResult(_silos.Select(silo => new MembershipEntry { SiloAddress = silo.Key, SiloName = silo.Value.Name, Status = SiloStatus.Active }).ToArray());
            case nameof(IManagementGrain.GetRuntimeStatistics):
                return Task.FromResult(new[] { (SiloRuntimeStatistics)RuntimeHelpers.GetUninitializedObject(typeof(SiloRuntimeStatistics)) });
            case nameof(IManagementGrain.GetSimpleGrainStatistics):
                return _silos[((SiloAddress[])args![0]!)[0]].Grains is { } grains
                    ? Task.FromResult(grains.Select(one => new SimpleGrainStatistic { GrainType = one.Type, ActivationCount = one.Count }).ToArray())
                    : Task.FromException<SimpleGrainStatistic[]>(new TimeoutException("The silo does not answer."));
            default:
                throw new NotSupportedException(targetMethod.Name);
        }
    }
}
