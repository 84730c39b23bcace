"""Routes of consumption."""

from fastapi import APIRouter

router = APIRouter()
