//! Compiled kernels, once per device and process, and their launches.

use crate::{
    Buffer, Cuda, Stream,
    cache::Cache,
    nvrtc,
    raw::{Context, Program},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use xr_core::{
    Result, Span,
    kernels::{Argument, CUDA_PRELUDE, Kernels, Source},
};

/// A program on the device.
#[derive(Clone)]
pub struct Compiled(Arc<Program>);

/// The programs of a device.
pub(crate) struct Programs {
    context: &'static Context,
    cache: Cache,
    compiled: Mutex<HashMap<Source, Arc<Place>>>,
}

/// A program, once it is compiled.
type Place = Mutex<Option<Compiled>>;

impl Programs {
    /// Those of a context, kept as long as it is.
    pub fn of(context: &'static Context) -> &'static Self {
        static ALL: Mutex<Vec<&Programs>> = Mutex::new(Vec::new());
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(programs) = all.iter().find(|programs| std::ptr::eq(programs.context, context)) {
            return programs;
        }
        let cache = Cache::of(&context.architecture, context.driver);
        let programs: &'static Self = Box::leak(Box::new(Self { context, cache, compiled: Mutex::default() }));
        all.push(programs);
        programs
    }

    /// Whether anything can be run: there is a compiler, or something compiled before.
    pub fn check(&self) -> Result<()> {
        if self.cache.has_any() { Ok(()) } else { nvrtc::compiler() }
    }

    /// Reads a program from the cache or compiles it.
    pub fn build(&self, text: &str) -> Result<Compiled> {
        let kept = self.cache.read(text).and_then(|code| self.context.load(&code).ok());
        let program = match kept {
            Some(program) => program,
            None => {
                let code = nvrtc::compile(text, &self.context.architecture, &[])?.code;
                let program = self.context.load(&code)?;
                self.cache.write(text, &code);
                program
            }
        };
        Ok(Compiled(Arc::new(program)))
    }

    /// The program of a source, compiled once; several sources at a time.
    fn get(&self, source: &Source) -> Result<Compiled> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let place = match compiled.get(source) {
            Some(place) => place.clone(),
            None => compiled.entry(source.clone()).or_default().clone(),
        };
        drop(compiled);
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        match &*place {
            Some(program) => Ok(program.clone()),
            None => Ok(place.insert(self.build(&source.text(CUDA_PRELUDE))?).clone()),
        }
    }
}

impl Kernels for Cuda {
    type Program = Compiled;

    fn program(&self, source: &Source) -> Result<Compiled> {
        self.programs.get(source)
    }

    fn launch(
        &self,
        on: &Stream,
        program: &Compiled,
        name: &'static str,
        arguments: &[Argument<'_, Self>],
        groups: usize,
        items: usize,
    ) -> Result<()> {
        self.device.launch(on.queue, (&program.0, name), arguments, groups, items)
    }

    fn fill(&self, on: &Stream, buffer: &Buffer, span: Span, byte: u8) -> Result<()> {
        self.device.fill(on.queue, buffer, span, byte)
    }
}
